// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

/// Request methods: names and the facts that RFC 9110 §9.2 states of them. A method is a
/// case-sensitive token, so it is a `String` everywhere; the ones named here need no allocation.
public final class Method {
  public static final String GET = "GET";
  public static final String HEAD = "HEAD";
  public static final String POST = "POST";
  public static final String PUT = "PUT";
  public static final String DELETE = "DELETE";
  public static final String CONNECT = "CONNECT";
  public static final String OPTIONS = "OPTIONS";
  public static final String TRACE = "TRACE";

  /// RFC 5789.
  public static final String PATCH = "PATCH";

  /// The way caches are told to drop a stored response; no standard defines it.
  public static final String PURGE = "PURGE";

  private Method() {}

  /// {@return the method that these octets name; one of the constants if it is one}
  public static String of(byte[] bytes, int offset, int length) {
    String candidate = length == 0 ? "" : candidate(bytes[offset], length, bytes, offset);
    return same(candidate, bytes, offset, length) ? candidate : Octets.text(bytes, offset, length);
  }

  /// The one constant that a first octet and a length leave possible.
  private static String candidate(byte first, int length, byte[] bytes, int offset) {
    return switch (first) {
      case 'G' -> GET;
      case 'H' -> HEAD;
      case 'D' -> DELETE;
      case 'C' -> CONNECT;
      case 'O' -> OPTIONS;
      case 'T' -> TRACE;
      case 'P' ->
          switch (length) {
            case 3 -> PUT;
            case 4 -> POST;
            default -> bytes[offset + 1] == 'A' ? PATCH : PURGE;
          };
      default -> "";
    };
  }

  private static boolean same(String method, byte[] bytes, int offset, int length) {
    if (method.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (method.charAt(i) != bytes[offset + i]) {
        return false;
      }
    }
    return true;
  }

  /// {@return whether the client asks for no change of state (RFC 9110 §9.2.1)}
  public static boolean isSafe(String method) {
    return switch (method) {
      case GET, HEAD, OPTIONS, TRACE -> true;
      default -> false;
    };
  }

  /// {@return whether sending it twice means the same as once (RFC 9110 §9.2.2), so that it may be
  /// repeated after a lost connection}
  public static boolean isIdempotent(String method) {
    return isSafe(method) || method.equals(PUT) || method.equals(DELETE);
  }
}
