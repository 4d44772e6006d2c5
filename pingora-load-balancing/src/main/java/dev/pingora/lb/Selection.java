// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a balancer picks among its backends. Built for one set of backends; thread-safe.
///
/// A selection says who is preferred, not who is well: the balancer asks for [#first], and where
/// that backend takes no work, for those [#further]. So most are pure functions of the set, and
/// need not be built again when a backend falls ill.
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
