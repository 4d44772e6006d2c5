// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.List;

/// Backends that the program names. Thread-safe.
///
/// [#set] changes them; the balancer sees that at its next update ([LoadBalancer#update]).
public final class StaticDiscovery implements Discovery {
  private volatile List<Backend> backends;

  private StaticDiscovery(List<Backend> backends) {
    this.backends = List.copyOf(backends);
  }

  /// {@return a discovery of these, none being fine}
  public static StaticDiscovery of(List<Backend> backends) {
    return new StaticDiscovery(backends);
  }

  /// Names others from now on.
  public void set(List<Backend> others) {
    backends = List.copyOf(others);
  }

  /// {@return the backends named now; unmodifiable}
  public List<Backend> backends() {
    return backends;
  }

  @Override
  public Discovered discover(LoopCalls loops) {
    return Discovered.of(backends);
  }
}
