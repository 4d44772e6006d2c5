// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Prints a tree of maps, lists, strings, numbers and booleans as JSON (RFC 8259), two spaces a
/// level.
///
/// Maps without an order of their own ([Map#of]) are printed by key, so that the same tree is the
/// same text in every run.
public final class JsonText {
  private final StringBuilder out = new StringBuilder();

  private JsonText() {}

  /// {@return `tree` as JSON with a line feed at the end}
  public static String of(Object tree) {
    var text = new JsonText();
    text.value(tree, "\n");
    return text.out.append('\n').toString();
  }

  private void value(Object value, String newline) {
    switch (value) {
      case Map<?, ?> map -> map(map, newline);
      case List<?> list -> list(list, newline);
      case Number _, Boolean _ -> out.append(value);
      case Object other -> string(other.toString());
    }
  }

  private void map(Map<?, ?> map, String newline) {
    Map<?, ?> ordered = map instanceof java.util.LinkedHashMap ? map : new TreeMap<>(map);
    out.append('{');
    String deeper = newline + "  ";
    Iterator<? extends Map.Entry<?, ?>> entries = ordered.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<?, ?> e = entries.next();
      out.append(deeper);
      string(String.valueOf(e.getKey()));
      out.append(": ");
      value(e.getValue(), deeper);
      out.append(entries.hasNext() ? "," : newline);
    }
    out.append('}');
  }

  private void list(List<?> list, String newline) {
    out.append('[');
    String deeper = newline + "  ";
    Iterator<?> items = list.iterator();
    while (items.hasNext()) {
      out.append(deeper);
      value(items.next(), deeper);
      out.append(items.hasNext() ? "," : newline);
    }
    out.append(']');
  }

  /// RFC 8259 §7: quotation mark, reverse solidus and control characters are escaped.
  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
