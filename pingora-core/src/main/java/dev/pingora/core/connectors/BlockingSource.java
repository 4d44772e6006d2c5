// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.runtime.RequestThread;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/// Asks somebody who blocks, on a thread for offloaded work.
final class BlockingSource implements NameSource {
  /// The JDK's answers carry no time; this is what it uses itself.
  private static final Duration TTL = Duration.ofSeconds(30);

  private final Resolver.BlockingLookup lookup;

  BlockingSource(Resolver.BlockingLookup lookup) {
    this.lookup = lookup;
  }

  @Override
  public NameAnswer lookup(RequestThread thread, String name) throws Exception {
    try {
      List<InetAddress> addresses = thread.offload(() -> lookup.lookup(name));
      return addresses.isEmpty() ? new NameAnswer.Missing() : new NameAnswer.Found(addresses, TTL);
    } catch (UnknownHostException e) {
      return new NameAnswer.Missing();
    }
  }
}
