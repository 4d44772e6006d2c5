// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static java.util.Objects.requireNonNull;

import dev.pingora.error.Escaped;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The name of a field, ready for lookups: checked once, its lower-case form computed once.
///
/// Names that HTTP software meets daily are constants with a small number. A [Fields] stores that
/// number beside each line, so a lookup by constant compares one int per line. Any other name works
/// too, by comparing bytes. Equality ignores case (RFC 9110 §5.1).
public final class FieldName {
  // First, since the constants below enter themselves.
  static final KnownNames TABLE = new KnownNames();

  private static final int MAX_SHOWN = 64;

  // Message framing and connection management (RFC 9112, RFC 9110 §7.6).
  public static final FieldName CONNECTION = known("Connection");
  public static final FieldName CONTENT_LENGTH = known("Content-Length");
  public static final FieldName TRANSFER_ENCODING = known("Transfer-Encoding");
  public static final FieldName HOST = known("Host");
  public static final FieldName KEEP_ALIVE = known("Keep-Alive");
  public static final FieldName PROXY_CONNECTION = known("Proxy-Connection");
  public static final FieldName TE = known("TE");
  public static final FieldName TRAILER = known("Trailer");
  public static final FieldName UPGRADE = known("Upgrade");
  public static final FieldName HTTP2_SETTINGS = known("HTTP2-Settings");
  public static final FieldName EXPECT = known("Expect");
  public static final FieldName VIA = known("Via");
  public static final FieldName MAX_FORWARDS = known("Max-Forwards");

  // Authentication and state.
  public static final FieldName AUTHORIZATION = known("Authorization");
  public static final FieldName PROXY_AUTHENTICATE = known("Proxy-Authenticate");
  public static final FieldName PROXY_AUTHORIZATION = known("Proxy-Authorization");
  public static final FieldName PROXY_AUTHENTICATION_INFO = known("Proxy-Authentication-Info");
  public static final FieldName WWW_AUTHENTICATE = known("WWW-Authenticate");
  public static final FieldName AUTHENTICATION_INFO = known("Authentication-Info");
  public static final FieldName COOKIE = known("Cookie");
  public static final FieldName SET_COOKIE = known("Set-Cookie");

  // Who asks, and by which way.
  public static final FieldName FORWARDED = known("Forwarded");
  public static final FieldName X_FORWARDED_FOR = known("X-Forwarded-For");
  public static final FieldName X_FORWARDED_HOST = known("X-Forwarded-Host");
  public static final FieldName X_FORWARDED_PROTO = known("X-Forwarded-Proto");
  public static final FieldName X_FORWARDED_PORT = known("X-Forwarded-Port");
  public static final FieldName X_REAL_IP = known("X-Real-IP");
  public static final FieldName X_REQUEST_ID = known("X-Request-ID");
  public static final FieldName USER_AGENT = known("User-Agent");
  public static final FieldName REFERER = known("Referer");
  public static final FieldName ORIGIN = known("Origin");
  public static final FieldName FROM = known("From");
  public static final FieldName TRACEPARENT = known("traceparent");
  public static final FieldName TRACESTATE = known("tracestate");

  // Content and representation.
  public static final FieldName ACCEPT = known("Accept");
  public static final FieldName ACCEPT_CHARSET = known("Accept-Charset");
  public static final FieldName ACCEPT_ENCODING = known("Accept-Encoding");
  public static final FieldName ACCEPT_LANGUAGE = known("Accept-Language");
  public static final FieldName ACCEPT_RANGES = known("Accept-Ranges");
  public static final FieldName ALLOW = known("Allow");
  public static final FieldName CONTENT_DISPOSITION = known("Content-Disposition");
  public static final FieldName CONTENT_ENCODING = known("Content-Encoding");
  public static final FieldName CONTENT_LANGUAGE = known("Content-Language");
  public static final FieldName CONTENT_LOCATION = known("Content-Location");
  public static final FieldName CONTENT_RANGE = known("Content-Range");
  public static final FieldName CONTENT_TYPE = known("Content-Type");
  public static final FieldName CONTENT_SECURITY_POLICY = known("Content-Security-Policy");
  public static final FieldName LOCATION = known("Location");
  public static final FieldName RANGE = known("Range");
  public static final FieldName SERVER = known("Server");
  public static final FieldName LINK = known("Link");
  public static final FieldName REFRESH = known("Refresh");
  public static final FieldName PRAGMA = known("Pragma");
  public static final FieldName PRIORITY = known("Priority");

  // Caching and conditions (RFC 9111, RFC 9110 §13).
  public static final FieldName AGE = known("Age");
  public static final FieldName CACHE_CONTROL = known("Cache-Control");
  public static final FieldName DATE = known("Date");
  public static final FieldName ETAG = known("ETag");
  public static final FieldName EXPIRES = known("Expires");
  public static final FieldName IF_MATCH = known("If-Match");
  public static final FieldName IF_MODIFIED_SINCE = known("If-Modified-Since");
  public static final FieldName IF_NONE_MATCH = known("If-None-Match");
  public static final FieldName IF_RANGE = known("If-Range");
  public static final FieldName IF_UNMODIFIED_SINCE = known("If-Unmodified-Since");
  public static final FieldName LAST_MODIFIED = known("Last-Modified");
  public static final FieldName RETRY_AFTER = known("Retry-After");
  public static final FieldName VARY = known("Vary");
  public static final FieldName WARNING = known("Warning");
  public static final FieldName ALT_SVC = known("Alt-Svc");

  // What browsers and their servers add to nearly every exchange.
  public static final FieldName ACCESS_CONTROL_ALLOW_CREDENTIALS =
      known("Access-Control-Allow-Credentials");
  public static final FieldName ACCESS_CONTROL_ALLOW_HEADERS =
      known("Access-Control-Allow-Headers");
  public static final FieldName ACCESS_CONTROL_ALLOW_METHODS =
      known("Access-Control-Allow-Methods");
  public static final FieldName ACCESS_CONTROL_ALLOW_ORIGIN = known("Access-Control-Allow-Origin");
  public static final FieldName ACCESS_CONTROL_EXPOSE_HEADERS =
      known("Access-Control-Expose-Headers");
  public static final FieldName ACCESS_CONTROL_MAX_AGE = known("Access-Control-Max-Age");
  public static final FieldName ACCESS_CONTROL_REQUEST_HEADERS =
      known("Access-Control-Request-Headers");
  public static final FieldName ACCESS_CONTROL_REQUEST_METHOD =
      known("Access-Control-Request-Method");
  public static final FieldName DNT = known("DNT");
  public static final FieldName SEC_CH_UA = known("Sec-CH-UA");
  public static final FieldName SEC_CH_UA_MOBILE = known("Sec-CH-UA-Mobile");
  public static final FieldName SEC_CH_UA_PLATFORM = known("Sec-CH-UA-Platform");
  public static final FieldName SEC_FETCH_DEST = known("Sec-Fetch-Dest");
  public static final FieldName SEC_FETCH_MODE = known("Sec-Fetch-Mode");
  public static final FieldName SEC_FETCH_SITE = known("Sec-Fetch-Site");
  public static final FieldName SEC_FETCH_USER = known("Sec-Fetch-User");
  public static final FieldName SEC_WEBSOCKET_ACCEPT = known("Sec-WebSocket-Accept");
  public static final FieldName SEC_WEBSOCKET_EXTENSIONS = known("Sec-WebSocket-Extensions");
  public static final FieldName SEC_WEBSOCKET_KEY = known("Sec-WebSocket-Key");
  public static final FieldName SEC_WEBSOCKET_PROTOCOL = known("Sec-WebSocket-Protocol");
  public static final FieldName SEC_WEBSOCKET_VERSION = known("Sec-WebSocket-Version");
  public static final FieldName SERVER_TIMING = known("Server-Timing");
  public static final FieldName STRICT_TRANSPORT_SECURITY = known("Strict-Transport-Security");
  public static final FieldName UPGRADE_INSECURE_REQUESTS = known("Upgrade-Insecure-Requests");
  public static final FieldName X_CONTENT_TYPE_OPTIONS = known("X-Content-Type-Options");
  public static final FieldName X_FRAME_OPTIONS = known("X-Frame-Options");
  public static final FieldName X_REQUESTED_WITH = known("X-Requested-With");
  public static final FieldName X_XSS_PROTECTION = known("X-XSS-Protection");
  public static final FieldName GRPC_STATUS = known("grpc-status");
  public static final FieldName GRPC_MESSAGE = known("grpc-message");

  private final int id;
  private final String text;
  private final byte[] wire;
  private final byte[] lower;
  private final int hash;
  private final long presence;

  private FieldName(int id, String text) {
    this.id = id;
    this.text = text;
    this.wire = Octets.latin1(text);
    this.lower = wire.clone();
    for (int i = 0; i < lower.length; i++) {
      lower[i] = (byte) Octets.lower(lower[i]);
    }
    this.hash = KnownNames.hash(lower, 0, lower.length);
    this.presence = KnownNames.presence(id, hash);
  }

  /// Numbers the constants in their order; runs while this class is initialised, never later.
  private static FieldName known(String text) {
    return TABLE.add(new FieldName(TABLE.nextId(), text));
  }

  /// {@return the name}
  ///
  /// A constant of this class if there is one (with the constant's upper and lower case), else a
  /// new value that keeps the case given.
  ///
  /// @throws IllegalArgumentException if the name is not a token (RFC 9110 §5.1, §5.6.2)
  public static FieldName of(String name) {
    FieldName constant = TABLE.find(name);
    return constant != null ? constant : new FieldName(0, checked(name));
  }

  /// {@return the constant with this name, or null if there is none}
  public static @Nullable FieldName known(byte[] bytes, int offset, int length) {
    return TABLE.find(bytes, offset, length);
  }

  /// {@return whether the octet may stand in a token (RFC 9110 §5.6.2), as field names and methods
  /// are}
  ///
  /// @param octet 0 to 255
  public static boolean isTokenChar(int octet) {
    return Octets.isTokenChar(octet);
  }

  static String checked(String name) {
    requireNonNull(name, "name");
    if (!Octets.isToken(name)) {
      throw new IllegalArgumentException(
          "field name: \"" + Escaped.text(name, MAX_SHOWN) + "\" (expected: a token)");
    }
    return name;
  }

  /// {@return the small number of a constant, 1 to 127; 0 for every other name}
  public int id() {
    return id;
  }

  /// {@return the name in its usual case}
  public String text() {
    return text;
  }

  /// {@return the length in octets}
  public int length() {
    return lower.length;
  }

  /// {@return one octet of the lower-case form}
  public byte lowerByte(int index) {
    return lower[index];
  }

  /// Whether the octets are this name in any case. Quickest in the two that nearly every sender
  /// uses: there the JVM compares many octets at a time (own code with words was slower).
  boolean isSpelled(byte[] bytes, int offset, int length) {
    return length == wire.length
        && (Arrays.equals(bytes, offset, offset + length, wire, 0, length)
            || Arrays.equals(bytes, offset, offset + length, lower, 0, length)
            || Octets.equalsIgnoreCase(bytes, offset, length, lower));
  }

  /// See [KnownNames#presence].
  long presence() {
    return presence;
  }

  /// The name in its usual case. Not to be changed.
  byte[] wire() {
    return wire;
  }

  /// The name in lower case. Not to be changed.
  byte[] lower() {
    return lower;
  }

  /// {@return whether the text is this name, in any case}
  public boolean matches(CharSequence other) {
    return Octets.equalsIgnoreCase(lower, 0, lower.length, other);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof FieldName that
            && hash == that.hash
            && Octets.equalsIgnoreCase(lower, 0, lower.length, that.lower));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return text;
  }
}
