// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.util.List;

/// Placeholder until the portable transport lands.
final class ChannelTransport implements Transport {
  ChannelTransport(Loop loop, TransportKind kind) {
    throw new IllegalStateException(
        "transport: " + kind.configName() + " is not yet supported " + loop.index());
  }

  @Override
  public void connect(PendingConnect pending) {}

  @Override
  public Acceptor listen(ListenSpec spec, List<Loop> serving, OnAccept onAccept)
      throws IOException {
    throw new IOException("not yet supported");
  }

  @Override
  public void close() {}
}
