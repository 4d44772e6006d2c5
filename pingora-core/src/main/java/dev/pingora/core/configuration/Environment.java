// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.Map;
import java.util.Objects;

/// Fills environment variables into the values of a configuration.
///
/// `${NAME}` becomes the value of NAME, and it is a problem when there is none; `${NAME:-default}`
/// falls back to what stands after `:-`, also when NAME is empty, as in a shell. Names are upper
/// case letters, digits and `_`; `${name}` in lower case belongs to templates (a redirect's
/// location) and stays. `$${` stands for `${`. What was filled in is not looked at again.
final class Environment {
  /// All that is filled in, in characters: a bound on `${A}${A}${A}…` with a long A.
  static final int MAX_FILLED = 16 << 20;

  private static final String HINT = "expected: ${NAME} or ${NAME:-default}; $${ for ${ itself";

  private final Map<String, String> variables;
  private final Problems problems;
  private long filled;

  Environment(Map<String, String> variables, Problems problems) {
    this.variables = Map.copyOf(variables);
    this.problems = Objects.requireNonNull(problems, "problems");
  }

  /// {@return `text` with its variables filled in; as it was, and a problem told, where that fails}
  String fill(String text, Place place, KeyPath at) {
    int open = text.indexOf("${");
    if (open < 0) {
      return text;
    }
    int before = problems.count();
    var out = new StringBuilder(text.length());
    int done = 0;
    while (open >= 0) {
      if (open > done && text.charAt(open - 1) == '$') { // $${ is ${
        out.append(text, done, open - 1).append("${");
        done = open + 2;
      } else {
        out.append(text, done, open);
        int close = text.indexOf('}', open);
        if (close < 0) {
          problems.add(place, at, "${ has no closing }", HINT);
          return text;
        }
        String inner = text.substring(open + 2, close);
        out.append(isTemplate(inner) ? "${" + inner + "}" : value(inner, place, at));
        done = close + 1;
      }
      open = text.indexOf("${", done);
    }
    return problems.count() > before ? text : out.append(text, done, text.length()).toString();
  }

  /// {@return the value of a variable; empty after a problem}
  private String value(String inner, Place place, KeyPath at) {
    int split = inner.indexOf(":-");
    String name = split < 0 ? inner : inner.substring(0, split);
    if (!isName(name)) {
      problems.add(place, at, Quoted.of("${" + inner + "}") + " names no variable", HINT);
      return "";
    }
    String value = variables.getOrDefault(name, "");
    if (value.isEmpty() && split >= 0) {
      value = inner.substring(split + 2);
    } else if (!variables.containsKey(name)) {
      problems.add(place, at, "environment variable " + name + " is not set", HINT);
    }
    if (filled > MAX_FILLED) {
      return ""; // told before
    }
    filled += value.length();
    if (filled > MAX_FILLED) {
      problems.add(place, at, "environment variables fill in more than 16 MiB");
      return "";
    }
    return value;
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && !Character.isDigit(name.charAt(0))
        && name.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_');
  }

  private static boolean isTemplate(String name) {
    return !name.isEmpty()
        && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || c == '_')
        && name.charAt(0) != '_';
  }
}
