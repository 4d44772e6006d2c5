// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import java.util.Locale;

/// The hosts of a route: one name, all names below a suffix, or any.
///
/// @param kind which of them
/// @param name in lower case, without a dot at the end; the suffix without `*.`; empty for any
record HostPattern(Kind kind, String name) {
  static final String FORM = "a host name, *.suffix or *";

  /// From the most specific to the least.
  enum Kind {
    EXACT,
    SUFFIX,
    ANY
  }

  static HostPattern any() {
    return new HostPattern(Kind.ANY, "");
  }

  /// {@return the pattern that `text` says}
  ///
  /// `*.example.org` is every name below example.org at any depth, and not example.org itself.
  static HostPattern parse(String text) {
    if (text.equals("*")) {
      return any();
    }
    String lower = text.toLowerCase(Locale.ROOT);
    String bare = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    Kind kind = bare.startsWith("*.") ? Kind.SUFFIX : Kind.EXACT;
    String name = kind == Kind.SUFFIX ? bare.substring(2) : bare;
    if (!isHost(name)) {
      throw new IllegalArgumentException("is \"" + text + "\"");
    }
    return new HostPattern(kind, name);
  }

  /// The host of `host:port` is what may stand before a port.
  private static boolean isHost(String name) {
    try {
      return !name.startsWith("unix:") && Address.parse(name + ":1") != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// {@return whether a host is of this pattern}
  ///
  /// @param host in lower case, without port and without a dot at the end
  boolean matches(String host) {
    return switch (kind) {
      case EXACT -> host.equals(name);
      case SUFFIX ->
          host.endsWith(name)
              && host.length() > name.length() + 1
              && host.charAt(host.length() - name.length() - 1) == '.';
      case ANY -> true;
    };
  }

  /// {@return the text form}
  @Override
  public String toString() {
    return switch (kind) {
      case EXACT -> name;
      case SUFFIX -> "*." + name;
      case ANY -> "*";
    };
  }
}
