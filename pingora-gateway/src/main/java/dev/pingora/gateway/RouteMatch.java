// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.util.List;

/// Which requests a route is for.
///
/// @param host which hosts
/// @param path which paths
/// @param methods which methods; empty = all; case matters (RFC 9110 §9.1)
/// @param headers what must stand in the header section, all of it
record RouteMatch(
    HostPattern host, PathPattern path, List<String> methods, List<HeaderMatch> headers) {

  RouteMatch {
    methods = methods.stream().distinct().sorted().toList(); // so that equal means the same
    headers = List.copyOf(headers);
  }

  static RouteMatch everything() {
    return builder().build();
  }

  /// {@return one line: `GET,HEAD *.example.org/api X-Version: 2`}
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (!methods.isEmpty()) {
      text.append(String.join(",", methods)).append(' ');
    }
    text.append(host).append(path.exact() ? " " : "").append(path);
    headers.forEach(h -> text.append(' ').append(h.name()).append(": ").append(h.value()));
    return text.toString();
  }

  static Builder builder() {
    return new Builder();
  }

  /// Collects a [RouteMatch]; confined to one thread.
  static final class Builder {
    HostPattern host = HostPattern.any();
    PathPattern path = PathPattern.all();
    List<String> methods = List.of();
    List<HeaderMatch> headers = List.of();

    RouteMatch build() {
      return new RouteMatch(host, path, methods, headers);
    }
  }
}
