// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

/// Gets the value of a key from where it comes from. May block.
@FunctionalInterface
public interface Loader<K, V> {

  /// {@return what was found}
  ///
  /// @throws Exception when nothing could be found; all who wait for the key are told
  Loaded<V> load(K key) throws Exception;
}
