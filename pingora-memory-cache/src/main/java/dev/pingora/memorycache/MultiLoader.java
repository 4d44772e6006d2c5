// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import java.util.List;

/// Gets the values of several keys at once. May block.
@FunctionalInterface
public interface MultiLoader<K, V> {

  /// {@return what was found: one for each key, in the order of the keys}
  ///
  /// @throws Exception when not all could be found; all who wait for one of the keys are told
  List<Loaded<V>> load(List<K> keys) throws Exception;
}
