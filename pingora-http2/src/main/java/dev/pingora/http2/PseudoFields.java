// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http.Method;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The pseudo-header fields of one message (RFC 9113 §8.3), checked one by one and then together.
///
/// Texts that repeat from request to request, above all the authority, are kept and not made again.
/// Owned by the connection thread.
final class PseudoFields {
  private @Nullable String method;
  private @Nullable String scheme;
  private @Nullable String authority;
  private int status;

  /// Where the path is in the section's array; a length of 0 means that there is none.
  private int pathFrom;

  private int pathLength;

  // Of the message before, as likely values of the next one.
  private String lastScheme = "https";
  private String lastAuthority = "";

  /// Forgets the message before, but not its texts.
  void reset() {
    method = null;
    scheme = null;
    authority = null;
    status = 0;
    pathFrom = 0;
    pathLength = 0;
  }

  // ---- one field ----

  /// Takes a pseudo-header field of a request.
  ///
  /// @param nameLength tells the four names apart, all but two
  /// @return what is wrong with it, or null
  @Nullable String request(byte[] bytes, int nameFrom, int nameLength, int from, int length) {
    if (Octets.equal(bytes, nameFrom, nameLength, ":path")) {
      return path(bytes, nameFrom, from, length);
    }
    if (Octets.equal(bytes, nameFrom, nameLength, ":method")) {
      return method(bytes, from, length);
    }
    if (Octets.equal(bytes, nameFrom, nameLength, ":scheme")) {
      return scheme(bytes, from, length);
    }
    if (Octets.equal(bytes, nameFrom, nameLength, ":authority")) {
      return authority(bytes, from, length);
    }
    // RFC 9113 §8.3: undefined pseudo-header fields are malformed; :protocol (RFC 8441) is one of
    // them as long as we do not offer it.
    return "undefined pseudo-header field in a request";
  }

  /// Takes a pseudo-header field of a response; there is only one.
  @Nullable String response(byte[] bytes, int nameFrom, int nameLength, int from, int length) {
    if (!Octets.equal(bytes, nameFrom, nameLength, ":status")) {
      return "undefined pseudo-header field in a response";
    }
    if (status != 0) {
      return "repeated :status";
    }
    long number = Octets.number(bytes, from, length);
    // RFC 9110 §15: three digits; 000 to 099 mean nothing.
    if (length != 3 || number < 100) {
      return "invalid :status";
    }
    status = (int) number;
    return null;
  }

  /// Moves the path to where its name stood, so that it stays in the array.
  private @Nullable String path(byte[] bytes, int to, int from, int length) {
    if (pathLength != 0) {
      return "repeated :path";
    }
    if (!Octets.isTarget(bytes, from, length)) {
      return "invalid :path";
    }
    System.arraycopy(bytes, from, bytes, to, length);
    pathFrom = to;
    pathLength = length;
    return null;
  }

  private @Nullable String method(byte[] bytes, int from, int length) {
    if (method != null) {
      return "repeated :method";
    }
    if (!Octets.isToken(bytes, from, length)) {
      return "invalid :method";
    }
    method = Method.of(bytes, from, length);
    return null;
  }

  private @Nullable String scheme(byte[] bytes, int from, int length) {
    if (scheme != null) {
      return "repeated :scheme";
    }
    if (!Octets.isScheme(bytes, from, length)) {
      return "invalid :scheme";
    }
    lastScheme = text(bytes, from, length, lastScheme);
    scheme = lastScheme;
    return null;
  }

  private @Nullable String authority(byte[] bytes, int from, int length) {
    if (authority != null) {
      return "repeated :authority";
    }
    if (!Octets.isAuthority(bytes, from, length)) {
      return "invalid :authority";
    }
    lastAuthority = text(bytes, from, length, lastAuthority);
    authority = lastAuthority;
    return null;
  }

  /// {@return the octets as text, without making one if it is the likely one}
  private static String text(byte[] bytes, int from, int length, String likely) {
    return Octets.equal(bytes, from, length, likely)
        ? likely
        : new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }

  // ---- all of them ----

  /// {@return what is wrong with the control data of a request as a whole, or null}
  ///
  /// @param hostFrom where the value of its Host field is; with length -1 if it has none
  @Nullable String judgeRequest(byte[] bytes, int hostFrom, int hostLength) {
    if (method == null) {
      return "request without :method";
    }
    if (Method.CONNECT.equals(method)) {
      // RFC 9113 §8.5.
      return scheme != null || pathLength != 0 || authority == null ? "invalid CONNECT" : null;
    }
    // RFC 9113 §8.3.1: all requests but CONNECT have exactly one of each.
    if (scheme == null || pathLength == 0) {
      return "request without :scheme or :path";
    }
    byte first = bytes[pathFrom];
    boolean asterisk = first == '*' && pathLength == 1 && Method.OPTIONS.equals(method);
    if (first != '/' && !asterisk) {
      return "invalid :path";
    }
    return judgeAuthority(scheme, bytes, hostFrom, hostLength);
  }

  private @Nullable String judgeAuthority(String scheme, byte[] bytes, int from, int length) {
    String control = authority;
    if (length < 0) {
      // RFC 9113 §8.3.1: a request for http or https names its authority in one of two ways.
      return control == null && isHttp(scheme) ? "request without authority" : null;
    }
    if (!Octets.isAuthority(bytes, from, length)) {
      return "invalid Host";
    }
    if (control != null && !sameAuthority(bytes, from, length, control, scheme)) {
      // RFC 9113 §8.3.1: Host that identifies another entity is malformed.
      return "Host differs from :authority";
    }
    return null;
  }

  /// The schemes that cannot do without an authority.
  private static boolean isHttp(String scheme) {
    return scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http");
  }

  /// Hosts compare without case, and the scheme's default port is as good as none (RFC 9110
  /// §4.2.3).
  private static boolean sameAuthority(
      byte[] bytes, int from, int length, String authority, String scheme) {
    if (Octets.equalIgnoringCase(bytes, from, length, authority)) {
      return true;
    }
    String port = scheme.equalsIgnoreCase("https") ? ":443" : ":80";
    String host = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    return withoutPort(host, port).equalsIgnoreCase(withoutPort(authority, port));
  }

  private static String withoutPort(String authority, String port) {
    return authority.endsWith(port)
        ? authority.substring(0, authority.length() - port.length())
        : authority;
  }

  // ---- the values ----

  String requireMethod() {
    if (method == null) {
      throw new IllegalStateException("request not judged");
    }
    return method;
  }

  @Nullable String scheme() {
    return scheme;
  }

  @Nullable String authority() {
    return authority;
  }

  /// {@return the status, 0 if there was none}
  int status() {
    return status;
  }

  int pathFrom() {
    return pathFrom;
  }

  int pathLength() {
    return pathLength;
  }
}
