// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.http.Fields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The routes of one host pattern, by path; see [RouteTable]. Immutable.
///
/// @param <T> what a route leads to
final class PathTable<T> {
  /// Among routes of the same host and path; the sort is stable, so the file's order is last.
  private static final Comparator<RouteMatch> ORDER =
      Comparator.<RouteMatch>comparingInt(m -> -m.headers().size())
          .thenComparing(m -> m.methods().isEmpty());

  private final PartTable<List<RouteTable.Rule<T>>> exact;
  private final PartTable<List<RouteTable.Rule<T>>> prefixes;
  private final int longest;

  private PathTable(
      Map<String, List<RouteTable.Rule<T>>> exact, Map<String, List<RouteTable.Rule<T>>> prefixes) {
    this.exact = new PartTable<>(exact, PartTable.Direction.FORWARD, (_, _) -> false);
    this.prefixes =
        new PartTable<>(
            prefixes,
            PartTable.Direction.FORWARD,
            (inner, outer) -> new PathPattern(false, outer).matches(inner));
    this.longest = Math.max(this.exact.longest(), this.prefixes.longest());
  }

  /// {@return the table of these routes, all of one host pattern}
  static <T> PathTable<T> of(List<RouteTable.Rule<T>> rules) {
    Map<String, List<RouteTable.Rule<T>>> exact = new HashMap<>();
    Map<String, List<RouteTable.Rule<T>>> prefixes = new HashMap<>();
    List<RouteTable.Rule<T>> sorted =
        rules.stream().sorted(Comparator.comparing(RouteTable.Rule::match, ORDER)).toList();
    for (RouteTable.Rule<T> rule : sorted) {
      PathPattern path = rule.match().path();
      (path.exact() ? exact : prefixes)
          .computeIfAbsent(path.path(), _ -> new ArrayList<>())
          .add(rule);
    }
    return new PathTable<>(exact, prefixes);
  }

  @Nullable T find(String path, String method, Fields headers) {
    PartTable.Node<List<RouteTable.Rule<T>>> prefix = null;
    int end = Math.min(path.length(), longest); // nothing in the tables is longer
    int hash = 0;
    for (int i = 1; i <= end; i++) {
      hash = PartTable.mix(hash, path.charAt(i - 1));
      if (endsSegment(path, i)) {
        var longer = prefixes.find(hash, path, 0, i);
        prefix = longer == null ? prefix : longer;
      }
    }
    var one = end == path.length() ? exact.find(hash, path, 0, end) : null;
    T target = one == null ? null : first(one.value(), method, headers);
    while (target == null && prefix != null) {
      target = first(prefix.value(), method, headers);
      prefix = prefix.next();
    }
    return target;
  }

  /// {@return whether `path[0, end)` is a prefix in the sense of [PathPattern]}
  private static boolean endsSegment(String path, int end) {
    return end == path.length() || path.charAt(end) == '/' || path.charAt(end - 1) == '/';
  }

  private static <T> @Nullable T first(
      List<RouteTable.Rule<T>> rules, String method, Fields headers) {
    for (int i = 0; i < rules.size(); i++) { // an iterator would be garbage
      RouteTable.Rule<T> rule = rules.get(i);
      if (fits(rule.match(), method, headers)) {
        return rule.target();
      }
    }
    return null;
  }

  private static boolean fits(RouteMatch match, String method, Fields headers) {
    if (!match.methods().isEmpty() && !match.methods().contains(method)) {
      return false;
    }
    for (int i = 0; i < match.headers().size(); i++) {
      if (!match.headers().get(i).matches(headers)) {
        return false;
      }
    }
    return true;
  }
}
