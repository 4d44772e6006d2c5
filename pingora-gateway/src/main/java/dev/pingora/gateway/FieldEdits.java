// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import dev.pingora.http.FieldLine;
import dev.pingora.http.FieldName;
import dev.pingora.http.FieldNames;
import dev.pingora.http.Fields;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Changes to a header section: first what goes, then what is replaced, then what is added.
///
/// @param set lines that replace all of their name
/// @param add lines that come behind those of their name
/// @param remove names whose lines go
record FieldEdits(List<FieldLine> set, List<FieldLine> add, List<FieldName> remove) {
  /// Fields that frame a message or belong to one connection (RFC 9112 §6, RFC 9110 §7.6.1): the
  /// engine alone writes them.
  private static final FieldNames OURS =
      FieldNames.of(
          FieldName.CONNECTION,
          FieldName.CONTENT_LENGTH,
          FieldName.TRANSFER_ENCODING,
          FieldName.KEEP_ALIVE,
          FieldName.PROXY_CONNECTION,
          FieldName.TE,
          FieldName.TRAILER,
          FieldName.UPGRADE,
          FieldName.HTTP2_SETTINGS,
          FieldName.EXPECT);

  FieldEdits {
    set = List.copyOf(set);
    add = List.copyOf(add);
    remove = List.copyOf(remove);
    refuseTwice("set", set);
  }

  static FieldEdits none() {
    return new FieldEdits(List.of(), List.of(), List.of());
  }

  /// {@return whether nothing changes}
  boolean isEmpty() {
    return set.isEmpty() && add.isEmpty() && remove.isEmpty();
  }

  /// {@return whether [#apply] leaves one line of this name, its own}
  boolean sets(FieldName name) {
    for (int i = 0; i < set.size(); i++) {
      if (set.get(i).name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /// {@return all names that are changed}
  List<FieldName> names() {
    return Stream.of(
            set.stream().map(FieldLine::name), add.stream().map(FieldLine::name), remove.stream())
        .flatMap(names -> names)
        .toList();
  }

  /// Makes the changes.
  void apply(Fields fields) {
    // By index: this runs twice for every request, and an iterator is an object.
    for (int i = 0; i < remove.size(); i++) {
      fields.remove(remove.get(i));
    }
    for (int i = 0; i < set.size(); i++) {
      fields.set(set.get(i));
    }
    for (int i = 0; i < add.size(); i++) {
      fields.add(add.get(i));
    }
  }

  /// {@return a name that may be edited}
  static FieldName editable(String text) {
    FieldName name = name(text);
    if (name.equals(FieldName.HOST)) {
      throw new IllegalArgumentException("Host is not set here but by the route's key host");
    }
    if (OURS.contains(name)) {
      throw new IllegalArgumentException(name.text() + " belongs to the connection");
    }
    return name;
  }

  /// {@return a name that a field may have}
  static FieldName name(String text) {
    try {
      return FieldName.of(text);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException("\"" + text + "\" is no token");
    }
  }

  /// {@return a value that a field may have}
  static String checkedValue(String value) {
    try {
      Fields.empty().set(FieldName.VIA, value); // any name: it is the value that is checked
      return value;
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException("\"" + value + "\" cannot be the value of a field");
    }
  }

  private static void refuseTwice(String key, List<FieldLine> lines) {
    for (int i = 1; i < lines.size(); i++) {
      FieldName name = lines.get(i).name();
      if (lines.subList(0, i).stream().anyMatch(l -> l.name().equals(name))) {
        throw new KeyFault(key, "names " + name.text() + " twice", "case makes no difference");
      }
    }
  }

  /// Collects [FieldEdits]; confined to one thread.
  static final class Builder {
    Map<String, String> set = Map.of();
    Map<String, String> add = Map.of();
    List<FieldName> remove = List.of();

    FieldEdits build() {
      return new FieldEdits(lines(set), lines(add), remove);
    }

    private static List<FieldLine> lines(Map<String, String> values) {
      return values.entrySet().stream()
          .map(e -> FieldLine.of(editable(e.getKey()), checkedValue(e.getValue())))
          .toList();
    }
  }
}
