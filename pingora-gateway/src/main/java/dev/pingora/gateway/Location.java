// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The target of a redirect, with variables: `https://${host}${target}`.
///
/// @param parts texts and variables in turn
record Location(List<Part> parts) {
  static final String FORM =
      "a URI or /path, with ${scheme}, ${host}, ${authority}, ${target}, ${path}";

  /// A piece of a location.
  sealed interface Part {}

  /// A piece that is the same for every request.
  record Text(String text) implements Part {}

  /// A piece that comes from the request.
  enum Variable implements Part {
    /// `http` or `https`: what the client spoke to us.
    SCHEME,
    /// The host that the client asked for, without port.
    HOST,
    /// The host and, where there is one, the port that the client asked for.
    AUTHORITY,
    /// Path and query as they came.
    TARGET,
    /// The path in normal spelling, without query.
    PATH
  }

  /// Where the values of variables come from.
  interface Source {
    String value(Variable variable);
  }

  Location {
    parts = List.copyOf(parts);
  }

  static Location parse(String text) {
    if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw new IllegalArgumentException(
          text.isEmpty() ? "is empty" : "holds a blank or a character beyond ASCII");
    }
    List<Part> parts = new ArrayList<>();
    int done = 0;
    for (int open = text.indexOf("${"); open >= 0; open = text.indexOf("${", done)) {
      if (open > done) {
        parts.add(new Text(text.substring(done, open)));
      }
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("has a ${ without }");
      }
      parts.add(variable(text.substring(open + 2, close)));
      done = close + 1;
    }
    if (done < text.length()) {
      parts.add(new Text(text.substring(done)));
    }
    return new Location(parts);
  }

  private static Variable variable(String name) {
    for (Variable variable : Variable.values()) {
      if (variable.name().toLowerCase(Locale.ROOT).equals(name)) {
        return variable;
      }
    }
    throw new IllegalArgumentException("has the unknown variable ${" + name + "}");
  }

  /// {@return the location for a request}
  String expand(Source source) {
    var out = new StringBuilder();
    for (Part part : parts) {
      out.append(
          switch (part) {
            case Text text -> text.text();
            case Variable variable -> source.value(variable);
          });
    }
    return out.toString();
  }

  /// {@return the text form}
  @Override
  public String toString() {
    return expand(v -> "${" + v.name().toLowerCase(Locale.ROOT) + "}");
  }

  private static String literal(Part part) {
    return part instanceof Text text ? text.text() : "";
  }

  /// {@return whether this is the beginning of a reference that names a place: an absolute URI, an
  /// absolute path, or a variable that supplies one}
  boolean isAnchored() {
    return switch (parts.getFirst()) {
      case Variable.SCHEME -> parts.size() > 1 && literal(parts.get(1)).startsWith("://");
      case Variable.TARGET, Variable.PATH -> true;
      case Variable.HOST, Variable.AUTHORITY -> false;
      case Text text -> text.text().matches("(?s)(/|[A-Za-z][A-Za-z0-9+.-]*:).*");
    };
  }
}
