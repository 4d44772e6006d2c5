// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a balancer learns which backends there are.
///
/// What it returns is believed: a discovery that would rather keep what was known throws. Then the
/// balancer goes on with the last good answer, says so, and asks again soon.
///
/// ```java
/// Discovery fromCatalog = loops -> {
///   List<String> known = catalog.servers("app"); // may block, may throw
///   if (known.isEmpty()) {
///     throw new IOException("the catalog knows no server"); // rather those of before than none
///   }
///   return Discovery.Discovered.of(known.stream().map(Backend::of).toList());
/// };
/// LoadBalancer.builder("app", RoundRobin::of)
///     .discovery(fromCatalog)
///     .updateEvery(Duration.ofSeconds(10));
/// ```
@FunctionalInterface
public interface Discovery {
  /// {@return the backends there are now} Called by one thread at a time, a virtual thread of the
  /// JDK's that may block; what needs a loop goes through `loops`. Should end within
  /// [LoadBalancer#MAX_DISCOVERY] and heed interrupts.
  ///
  /// @throws Exception when nobody can say
  Discovered discover(LoopCalls loops) throws Exception;

  /// What a discovery found.
  ///
  /// @param backends each address once; of doubles the first counts
  /// @param enabled who is to get work and who is not, by address text as `Backend#toString` of
  ///   weight 1 gives it; who is not named stays as it is
  /// @param validFor when to ask again; null = as the balancer's settings say
  record Discovered(
      List<Backend> backends, Map<String, Boolean> enabled, @Nullable Duration validFor) {
    /// Copies the collections.
    public Discovered {
      backends = List.copyOf(backends);
      enabled = Map.copyOf(enabled);
    }

    /// {@return just backends}
    public static Discovered of(List<Backend> backends) {
      return new Discovered(backends, Map.of(), null);
    }
  }
}
