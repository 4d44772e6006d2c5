// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A type whose values are single words.
///
/// Quotes make no difference: `"8"` is a number where a number is expected, because a value that
/// comes from the environment is often quoted. Only a plain `null` is refused everywhere here; a
/// key that may be null is [optional][Key#optional].
///
/// @param form the expected form in words
/// @param parse text to value; throws IllegalArgumentException with what is wrong
/// @param plain value to what a file holds: a string, a number or a boolean
/// @param check what is wrong with a value, or null; also run after `parse`
/// @param schema the schema of the word itself; a variable in its place is added here
record ScalarType<T>(
    String form,
    Function<String, T> parse,
    Function<T, Object> plain,
    Function<T, @Nullable String> check,
    Map<String, Object> schema)
    implements ValueType<T> {

  @Override
  public @Nullable T read(ConfigNode node, KeyPath at, Problems problems) {
    String fault;
    switch (node) {
      case ConfigNode.Scalar scalar when scalar.isNull() -> fault = "has no value";
      case ConfigNode.Scalar scalar -> {
        try {
          T value = parse.apply(scalar.text());
          fault = check.apply(value);
          if (fault == null) {
            return value;
          }
        } catch (IllegalArgumentException e) {
          fault = String.valueOf(e.getMessage());
        }
      }
      case ConfigNode.Sequence _ -> fault = "is a list";
      case ConfigNode.Mapping _ -> fault = "is a map";
    }
    problems.add(node.place(), at, fault, "expected: " + form);
    return null;
  }

  @Override
  public @Nullable String fault(T value) {
    return check.apply(value);
  }

  @Override
  public Object plain(T value) {
    return plain.apply(value);
  }
}
