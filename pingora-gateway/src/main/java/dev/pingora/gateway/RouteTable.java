// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.http.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the route of a request.
///
/// *Meaning.* Of all routes whose match fits the request, the first in this order wins:
///
/// 1. host: the exact name, then the longest `*.suffix`, then `*`;
/// 2. path: the exact path, then the longest prefix (see [PathPattern] for what a prefix is);
/// 3. more conditions on headers before fewer;
/// 4. conditions on the method before none;
/// 5. the order of the file.
///
/// So a request falls through: when no path of `a.example` fits, or none of its routes takes the
/// method, the routes of `*.example` and of `*` are asked.
///
/// *How.* Hosts and paths are hash tables of the parts that routes name ([PartTable]). One pass
/// over the host, from its end, hashes each suffix that begins behind a dot, and keeps the longest
/// that a route names; one pass over the path, from its beginning, hashes each prefix that ends
/// with a segment. Every part knows the next less specific one, since what it lies within does not
/// depend on the request; walking these chains meets the candidates in the order above.
///
/// *Cost*: linear in the lengths of host and path, independent of the number of routes but for
/// those that share host and path. A lookup allocates nothing. Immutable; any thread.
///
/// @param <T> what a route leads to
final class RouteTable<T> {

  /// A route of the table.
  ///
  /// @param <T> what it leads to
  /// @param match which requests
  /// @param target what it leads to
  record Rule<T>(RouteMatch match, T target) {}

  private final PartTable<PathTable<T>> names;
  private final PartTable<PathTable<T>> suffixes;
  private final @Nullable PathTable<T> any;

  private RouteTable(Map<HostPattern, PathTable<T>> hosts) {
    Map<String, PathTable<T>> exact = new HashMap<>();
    Map<String, PathTable<T>> below = new HashMap<>();
    hosts.forEach((host, paths) -> {
      switch (host.kind()) {
        case EXACT -> exact.put(host.name(), paths);
        case SUFFIX -> below.put(host.name(), paths);
        case ANY -> {} // not in a table
      }
    });
    names = new PartTable<>(exact, PartTable.Direction.BACKWARD, (_, _) -> false);
    suffixes =
        new PartTable<>(
            below,
            PartTable.Direction.BACKWARD,
            (inner, outer) -> new HostPattern(HostPattern.Kind.SUFFIX, outer).matches(inner));
    any = hosts.get(HostPattern.any());
  }

  /// {@return the table of these routes, given in the order of the file}
  static <T> RouteTable<T> of(List<Rule<T>> rules) {
    Map<HostPattern, List<Rule<T>>> byHost = new HashMap<>();
    for (Rule<T> rule : rules) {
      byHost.computeIfAbsent(rule.match().host(), _ -> new ArrayList<>()).add(rule);
    }
    Map<HostPattern, PathTable<T>> hosts = new HashMap<>();
    byHost.forEach((host, list) -> hosts.put(host, PathTable.of(list)));
    return new RouteTable<>(hosts);
  }

  /// {@return what the route of a request leads to, or null when no route fits}
  ///
  /// @param host in lower case, without port; one dot at its end makes no difference
  /// @param path in normal spelling
  /// @param method as it came
  /// @param headers the request's header section
  @Nullable T find(String host, String path, String method, Fields headers) {
    int end = host.endsWith(".") ? host.length() - 1 : host.length();
    PartTable.Node<PathTable<T>> suffix = null;
    int hash = 0;
    for (int i = end - 1; i >= 0; i--) {
      char c = host.charAt(i);
      if (c == '.') {
        var longer = suffixes.find(hash, host, i + 1, end);
        suffix = longer == null ? suffix : longer;
      }
      hash = PartTable.mix(hash, c);
    }
    var name = names.find(hash, host, 0, end);
    T target = name == null ? null : name.value().find(path, method, headers);
    while (target == null && suffix != null) {
      target = suffix.value().find(path, method, headers);
      suffix = suffix.next();
    }
    return target == null && any != null ? any.find(path, method, headers) : target;
  }
}
