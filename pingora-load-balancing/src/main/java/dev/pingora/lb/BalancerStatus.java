// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.services.Addresses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the backends of a balancer are at a moment, for operators.
///
/// @param name of the balancer
/// @param ready how many take work
/// @param backends all of them
/// @param discovery how the last discovery went; null before the first
public record BalancerStatus(
    String name, int ready, List<One> backends, @Nullable LastDiscovery discovery) {

  /// One backend.
  ///
  /// @param state why it takes no work, as `unhealthy, disabled`; `ready` when it does
  /// @param reason its last failure, in at most 200 characters; empty when it is ready, or when
  ///   nobody said why it is not
  /// @param inFlight attempts under way
  /// @param latency its recent response time; zero before the first response
  public record One(
      String address, int weight, String state, String reason, int inFlight, Duration latency) {}

  /// How a discovery went.
  ///
  /// @param failure why the last one failed; null when it did not: then what is used is fresh
  /// @param took the last good one
  /// @param built how long its selection took to build; zero when nothing had changed
  /// @param doubles addresses that were named more than once
  public record LastDiscovery(
      @Nullable String failure, Duration took, Duration built, int doubles) {}

  /// Copies the list.
  public BalancerStatus {
    backends = List.copyOf(backends);
  }

  static BalancerStatus of(
      String name, Backends<? extends Selection> all, @Nullable LastDiscovery last) {
    List<One> ones = new ArrayList<>();
    for (Backend backend : all.current().backends()) {
      BackendState state = backend.state();
      if (state != null) {
        float nanos = state.latency(all.crowd().now());
        ones.add(
            new One(
                Addresses.text(backend.address()),
                backend.weight(),
                text(state.flags()),
                state.reason(),
                state.inFlight(),
                Duration.ofNanos((long) nanos)));
      }
    }
    return new BalancerStatus(name, all.crowd().ready(), ones, last);
  }

  private static String text(int flags) {
    List<String> reasons = new ArrayList<>();
    add(reasons, flags, BackendState.UNHEALTHY, "unhealthy");
    add(reasons, flags, BackendState.DISABLED, "disabled");
    add(reasons, flags, BackendState.EJECTED, "ejected");
    add(reasons, flags, BackendState.OPEN, "open");
    return reasons.isEmpty() ? "ready" : String.join(", ", reasons);
  }

  private static void add(List<String> reasons, int flags, int flag, String text) {
    if ((flags & flag) != 0) {
      reasons.add(text);
    }
  }

  /// {@return one line, as an operator wants to read it}
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    line.append(name).append(": ").append(ready).append(" of ").append(backends.size());
    line.append(" ready");
    backends.stream()
        .filter(one -> !one.state.equals("ready"))
        .limit(20)
        .forEach(one -> line.append("; ").append(one.address).append(' ').append(one.state));
    if (discovery != null && discovery.failure != null) {
      line.append("; discovery fails: ").append(discovery.failure);
    }
    return line.toString();
  }
}
