// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One key of a [Block]: its name, the type of its value, and where the value goes.
///
/// The default is not written here: it is what a fresh builder holds, so there is one place for it.
/// Immutable.
///
/// @param <B> the builder that the value goes to
/// @param <R> the record that the value is found in
public final class Key<B, R> {

  /// How much a file must, may or may not say.
  enum Presence {
    /// A default stands in.
    USUAL,
    /// As [#USUAL], and null is a value.
    OPTIONAL,
    /// There is no default.
    REQUIRED,
    /// Known, planned, refused.
    LATER
  }

  /// Where a value goes and comes from; hides its type.
  private interface Binding<B, R> {
    @Nullable Consumer<B> read(ConfigNode node, KeyPath at, Problems problems);

    @Nullable Object plain(R value);
  }

  private final String name;
  private final String doc;
  private final String since;
  private final Presence presence;
  private final @Nullable ValueType<?> type;
  private final Binding<B, R> binding;

  private Key(
      String name,
      String doc,
      Presence presence,
      @Nullable ValueType<?> type,
      Binding<B, R> binding) {
    this(name, doc, "0.1", presence, type, binding);
  }

  private Key(
      String name,
      String doc,
      String since,
      Presence presence,
      @Nullable ValueType<?> type,
      Binding<B, R> binding) {
    this.name = Objects.requireNonNull(name, "name");
    this.doc = Objects.requireNonNull(doc, "doc");
    this.since = Objects.requireNonNull(since, "since");
    this.presence = presence;
    this.type = type;
    this.binding = binding;
  }

  /// {@return a key with a default}
  ///
  /// @param doc one line for the schema: meaning, unit, what zero means
  public static <B, R, T> Key<B, R> of(
      String name, ValueType<T> type, Function<R, T> from, BiConsumer<B, T> to, String doc) {
    return new Key<>(name, doc, Presence.USUAL, type, new Typed<>(type, from, to));
  }

  /// {@return a key without a default: a block that lacks it is refused}
  public static <B, R, T> Key<B, R> required(
      String name, ValueType<T> type, Function<R, T> from, BiConsumer<B, T> to, String doc) {
    return new Key<>(name, doc, Presence.REQUIRED, type, new Typed<>(type, from, to));
  }

  /// {@return a key whose value may be null}
  public static <B, R, T> Key<B, R> optional(
      String name,
      ValueType<T> type,
      Function<R, @Nullable T> from,
      BiConsumer<B, @Nullable T> to,
      String doc) {
    return new Key<>(name, doc, Presence.OPTIONAL, type, new Nulled<>(type, from, to));
  }

  /// {@return a key that groups keys of the same record under a name: `drain: { bytes: …, time: …
  /// }`}
  public static <B, R> Key<B, R> group(String name, Block<B, R> inner, String doc) {
    return new Key<>(name, doc, Presence.USUAL, inner, new Grouped<>(inner));
  }

  /// {@return a key that is planned and refused as "not yet supported" until its part works}
  public static <B, R> Key<B, R> later(String name, String doc) {
    return new Key<>(name, doc, Presence.LATER, null, new Unread<>());
  }

  /// {@return this key of an inner record as a key of the record around it}
  <B2, R2> Key<B2, R2> within(Function<B2, B> builder, Function<R2, R> value) {
    Binding<B, R> inner = binding;
    Binding<B2, R2> outer =
        new Binding<>() {
          @Override
          public @Nullable Consumer<B2> read(ConfigNode node, KeyPath at, Problems problems) {
            Consumer<B> assignment = inner.read(node, at, problems);
            return assignment == null ? null : b -> assignment.accept(builder.apply(b));
          }

          @Override
          public @Nullable Object plain(R2 outerValue) {
            return inner.plain(value.apply(outerValue));
          }
        };
    return new Key<>(name, doc, since, presence, type, outer);
  }

  /// {@return this key with the version that brought it}
  public Key<B, R> since(String version) {
    return new Key<>(name, doc, version, presence, type, binding);
  }

  /// {@return the key as the file has it}
  public String name() {
    return name;
  }

  /// {@return whether a block without the key is refused}
  boolean isRequired() {
    return presence == Presence.REQUIRED;
  }

  /// {@return whether the key is known but refused}
  boolean isLater() {
    return presence == Presence.LATER;
  }

  /// {@return the expected form of the value}
  String form() {
    return type == null ? "" : type.form();
  }

  /// {@return what puts the value read into a builder, or null after a problem}
  @Nullable Consumer<B> read(ConfigNode node, KeyPath at, Problems problems) {
    return binding.read(node, at, problems);
  }

  /// {@return the value that `record` has under this key, as a file would hold it}
  @Nullable Object plain(R record) {
    return binding.plain(record);
  }

  /// {@return the schema of this key}
  ///
  /// @param defaults a record that holds the defaults
  Map<String, Object> schema(R defaults) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("description", isLater() ? doc + " (not yet supported)" : doc);
    if (type == null) {
      schema.put("not", Map.of());
      return schema;
    }
    schema.putAll(presence == Presence.OPTIONAL ? Schemas.orNull(type.schema()) : type.schema());
    Object standing = presence == Presence.REQUIRED ? null : plain(defaults);
    if (standing != null) {
      schema.put("default", standing);
    }
    schema.put("x-since", since);
    return schema;
  }

  private record Typed<B, R, T>(ValueType<T> type, Function<R, T> from, BiConsumer<B, T> to)
      implements Binding<B, R> {
    @Override
    public @Nullable Consumer<B> read(ConfigNode node, KeyPath at, Problems problems) {
      T value = type.read(node, at, problems);
      return value == null ? null : b -> to.accept(b, value);
    }

    @Override
    public @Nullable Object plain(R value) {
      return type.plain(from.apply(value));
    }
  }

  private record Nulled<B, R, T>(
      ValueType<T> type, Function<R, @Nullable T> from, BiConsumer<B, @Nullable T> to)
      implements Binding<B, R> {
    @Override
    public @Nullable Consumer<B> read(ConfigNode node, KeyPath at, Problems problems) {
      if (node instanceof ConfigNode.Scalar scalar && scalar.isNull()) {
        return b -> to.accept(b, null);
      }
      T value = type.read(node, at, problems);
      return value == null ? null : b -> to.accept(b, value);
    }

    @Override
    public @Nullable Object plain(R value) {
      T held = from.apply(value);
      return held == null ? null : type.plain(held);
    }
  }

  private record Grouped<B, R>(Block<B, R> inner) implements Binding<B, R> {
    @Override
    public @Nullable Consumer<B> read(ConfigNode node, KeyPath at, Problems problems) {
      List<Consumer<B>> assignments = inner.assignments(node, at, problems);
      return assignments == null ? null : b -> assignments.forEach(a -> a.accept(b));
    }

    @Override
    public Object plain(R value) {
      return inner.plain(value);
    }
  }

  private record Unread<B, R>() implements Binding<B, R> {
    @Override
    public @Nullable Consumer<B> read(ConfigNode node, KeyPath at, Problems problems) {
      throw new IllegalStateException("refused before it is read");
    }

    @Override
    public @Nullable Object plain(R value) {
      return null;
    }
  }
}
