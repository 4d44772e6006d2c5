// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The file `differences.txt`: where a library is known to answer a malformed handshake otherwise
/// than the RFC says.
///
/// @param sections by provider and version of its library; then by case, the answers
record HandshakeDifferences(Map<String, Map<String, Set<String>>> sections) {
  /// Stands for each case whose right answer is an alert.
  private static final String REFUSAL = "every refusal";

  static HandshakeDifferences parse(List<String> lines) {
    Map<String, Map<String, Set<String>>> sections = new TreeMap<>();
    Map<String, Set<String>> section = new HashMap<>();
    for (String line : lines) {
      if (line.startsWith("[")) {
        section = new TreeMap<>();
        sections.put(line.substring(1, line.indexOf(']')), section);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        String[] sides = line.split(" = ", 2);
        section.put(sides[0].strip(), Set.of(sides[1].strip().split(" or ")));
      }
    }
    return new HandshakeDifferences(sections);
  }

  /// {@return the cases for which there is a line}
  Set<String> cases(String column) {
    Set<String> cases = new HashSet<>(sections.getOrDefault(column, Map.of()).keySet());
    cases.remove(REFUSAL);
    return cases;
  }

  /// {@return what is wrong with an answer; empty when nothing is} Of a library whose version has
  /// no section, the differences of the others may show, and need not.
  ///
  /// @param column the provider and the version of its library
  /// @param allowed by the RFC
  String complaint(String column, String name, Set<String> allowed, String answer) {
    Map<String, Set<String>> known = sections.get(column);
    if (known == null) {
      String provider = column.substring(0, column.indexOf(':') + 1);
      boolean elsewhere =
          sections.entrySet().stream()
              .filter(section -> section.getKey().startsWith(provider))
              .anyMatch(
                  section -> section.getValue().getOrDefault(name, Set.of()).contains(answer));
      return elsewhere || allowed.contains(answer) ? "" : "wrong";
    }
    Set<String> different = known.get(name);
    if (different == null) {
      boolean refusal = !allowed.contains("served") && !allowed.equals(Set.of("accepted"));
      boolean silent = refusal && known.getOrDefault(REFUSAL, Set.of()).contains(answer);
      return silent || allowed.contains(answer) ? "" : "wrong";
    }
    if (different.contains(answer)) {
      return "";
    }
    return allowed.contains(answer) ? "right; known to be " + different : "wrong";
  }
}
