// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A value in a configuration file, with the place where it stands. Immutable.
public sealed interface ConfigNode {

  /// {@return where the value begins}
  Place place();

  /// A single value, not yet read as a number, a duration and so on.
  ///
  /// @param place where it begins
  /// @param text the value with its environment variables filled in
  /// @param plain whether it was written without quotes: only then can it be `null`
  record Scalar(Place place, String text, boolean plain) implements ConfigNode {
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    /// Refuses null components.
    public Scalar {
      Objects.requireNonNull(place, "place");
      Objects.requireNonNull(text, "text");
    }

    /// {@return whether this is YAML's null: nothing, `~` or `null` without quotes}
    public boolean isNull() {
      return plain && NULLS.contains(text);
    }
  }

  /// A list.
  ///
  /// @param place where it begins
  /// @param items its elements in the order of the file
  record Sequence(Place place, List<ConfigNode> items) implements ConfigNode {
    /// Takes a copy.
    public Sequence {
      Objects.requireNonNull(place, "place");
      items = List.copyOf(items);
    }
  }

  /// A map from keys to values.
  ///
  /// @param place where it begins
  /// @param entries its entries in the order of the file; every key once
  record Mapping(Place place, Map<String, Entry> entries) implements ConfigNode {
    /// Takes a copy that keeps the order.
    public Mapping {
      Objects.requireNonNull(place, "place");
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /// {@return a map without entries that stands nowhere}
    public static Mapping empty() {
      return new Mapping(new Place("", 0, 0), Map.of());
    }

    /// {@return the value of `key`, or null when the map has no such key}
    public @Nullable ConfigNode get(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }
  }

  /// One entry of a [Mapping].
  ///
  /// @param keyPlace where the key stands
  /// @param value what it maps to
  record Entry(Place keyPlace, ConfigNode value) {
    /// Refuses null components.
    public Entry {
      Objects.requireNonNull(keyPlace, "keyPlace");
      Objects.requireNonNull(value, "value");
    }
  }
}
