// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A kind of value that a key can have: how it is read, checked, written and described.
///
/// One object serves the reader of files, the builders (through [#require]), the writer of YAML and
/// the JSON schema, so these cannot drift apart. Instances are immutable; those for the usual kinds
/// are made by [Values].
///
/// @param <T> the value in Java
public interface ValueType<T> {

  /// Reads a value.
  ///
  /// @param at the path of the key, for the messages
  /// @return the value, or null after at least one problem has been added
  @Nullable T read(ConfigNode node, KeyPath at, Problems problems);

  /// {@return the expected form in words, as `1..65535`}
  String form();

  /// {@return what is wrong with a value made by code, or null when nothing is}
  default @Nullable String fault(T value) {
    return null;
  }

  /// {@return the value as a tree of maps, lists, strings, numbers and booleans, as a file would
  /// hold it}
  Object plain(T value);

  /// {@return the JSON schema (draft 2020-12) of what a file may hold}
  Map<String, Object> schema();

  /// {@return `value`, when it is allowed}
  ///
  /// @param name the name to use in the message
  /// @throws IllegalArgumentException as `name: 12 (expected: 16..64)`
  default T require(String name, T value) {
    String fault = fault(value);
    if (fault != null) {
      throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, fault, form()));
    }
    return value;
  }

  /// {@return this type under another Java type}
  ///
  /// @param to may throw IllegalArgumentException with what is wrong
  default <U> ValueType<U> map(Function<T, U> to, Function<U, T> from) {
    return new MappedType<>(this, to, from);
  }
}
