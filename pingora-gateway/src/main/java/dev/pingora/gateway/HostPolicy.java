// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;

/// Which Host an upstream is sent.
sealed interface HostPolicy {
  String FORM = "keep, upstream or a host with or without a port";

  /// What the client asked for.
  record Keep() implements HostPolicy {}

  /// The address of the upstream's server.
  record Upstream() implements HostPolicy {}

  /// Always the same.
  ///
  /// @param authority `host[:port]`
  record Literal(String authority) implements HostPolicy {}

  static HostPolicy parse(String text) {
    return switch (text) {
      case "keep" -> new Keep();
      case "upstream" -> new Upstream();
      case String authority -> {
        if (!isAuthority(authority)) {
          throw new IllegalArgumentException("\"" + authority + "\" names no host");
        }
        yield new Literal(authority);
      }
    };
  }

  /// {@return whether this is `host[:port]`; an address without a port is one with any}
  private static boolean isAuthority(String text) {
    String bracketless = text.substring(text.lastIndexOf(']') + 1);
    try {
      return Address.parse(bracketless.indexOf(':') >= 0 ? text : text + ":1")
          instanceof Address.Tcp;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// {@return the text form}
  default String text() {
    return switch (this) {
      case Keep _ -> "keep";
      case Upstream _ -> "upstream";
      case Literal literal -> literal.authority();
    };
  }
}
