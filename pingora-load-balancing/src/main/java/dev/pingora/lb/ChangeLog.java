// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.services.Addresses;
import java.net.SocketAddress;
import java.util.Locale;

/// Writes a line for each change of a backend, and passes it on.
final class ChangeLog implements Crowd.Listener {
  private static final System.Logger LOG = System.getLogger("dev.pingora.lb");

  private final String balancer;
  private final BackendObserver observer;

  ChangeLog(String balancer, BackendObserver observer) {
    this.balancer = balancer;
    this.observer = observer;
  }

  @Override
  public void changed(SocketAddress address, BackendChange change, String why) {
    System.Logger.Level level =
        change.isBad() ? System.Logger.Level.WARNING : System.Logger.Level.INFO;
    if (LOG.isLoggable(level)) {
      LOG.log(
          level,
          "{0}: {1} is {2}{3}",
          balancer,
          Addresses.text(address),
          change.name().toLowerCase(Locale.ROOT),
          why.isEmpty() ? "" : " (" + why + ")");
    }
    try {
      observer.changed(balancer, address, change, why);
    } catch (RuntimeException e) { // must not fail the request that noticed
      LOG.log(System.Logger.Level.ERROR, "an observer of " + balancer + " threw", e);
    }
  }
}
