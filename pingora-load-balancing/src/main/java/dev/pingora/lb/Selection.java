// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Optional;

/// How a balancer picks among its backends. Built for one set of backends and never changed;
/// thread-safe.
public interface Selection {
  /// {@return the next backend}, empty when there is none to pick.
  ///
  /// @param key what belongs together, for selections that hash; others ignore it
  Optional<Backend> select(Object key);
}
