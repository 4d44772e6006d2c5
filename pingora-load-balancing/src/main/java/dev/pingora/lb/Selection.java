// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a balancer picks among its backends. Built for one set of backends; thread-safe.
///
/// A selection says who is preferred, not who is well: [LoadBalancer#select(Object)] asks for
/// [#first], and where that backend takes no work, for those [#further]. So most are pure functions
/// of the set, and need not be built again when a backend falls ill.
///
/// It sees all that discovery found: the ill, the disabled, and those of weight 0. The balancer
/// leaves out who takes no work; that weight 0 gets no new requests is the selection's to see to.
///
/// ```java
/// Selection.Factory<Selection> first = (backends, previous) -> {
///   List<Backend> weighty = backends.stream().filter(b -> b.weight() > 0).toList();
///   return key -> weighty.isEmpty() ? null : weighty.getFirst();
/// };
/// LoadBalancer<Selection> failover = LoadBalancer.of("app", backends, first);
/// ```
@FunctionalInterface
public interface Selection {
  /// {@return the preferred backend for a request}, null when there is none. On the path of every
  /// request: should not allocate.
  ///
  /// @param key what belongs together, for selections that hash; others ignore it
  @Nullable Backend first(Object key);

  /// {@return those to try after the first, in the order of preference} May repeat, may be endless:
  /// the balancer skips whom it has seen, and counts its steps. It asks the rest of the set itself.
  default Iterator<Backend> further(Object key) {
    return Collections.emptyIterator();
  }

  /// Makes selections. References such as `RoundRobin::of` are factories.
  ///
  /// @param <S> what it makes
  @FunctionalInterface
  interface Factory<S extends Selection> {
    /// {@return a selection for a set of backends}
    ///
    /// @param backends each address once
    /// @param previous the selection for the set before, whose work may be used again; null for the
    ///   first
    S build(List<Backend> backends, @Nullable S previous);
  }
}
