// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

/// The four forms of a request target (RFC 9112 §3.2).
public enum TargetForm {
  /// `/path?query`: what nearly every request has.
  ORIGIN,

  /// `http://example.com/path?query`: sent to forward proxies; servers must accept it (§3.2.2).
  ABSOLUTE,

  /// `example.com:443`: of CONNECT only.
  AUTHORITY,

  /// `*`: of OPTIONS only.
  ASTERISK;

  /// {@return the form}
  static TargetForm of(String method, String target) {
    if (method.equals(Method.CONNECT)) {
      return AUTHORITY;
    }
    if (target.startsWith("/")) {
      return ORIGIN;
    }
    return target.equals("*") ? ASTERISK : ABSOLUTE;
  }
}
