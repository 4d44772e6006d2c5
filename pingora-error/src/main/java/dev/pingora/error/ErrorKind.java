// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

import static java.util.Objects.requireNonNull;

/// What went wrong, as a value to compare: `error.kind().equals(ErrorKind.CONNECT_TIMEOUT)`.
///
/// The set is open, because applications name failures of their own with [#custom(String)]; hence a
/// class and not an enum. Two kinds are equal when name, code and family are. The names are those
/// that Pingora logs.
public final class ErrorKind {
  private enum Family {
    BUILT_IN,
    STATUS,
    CUSTOM
  }

  // Connecting and TLS.

  /// The peer did not answer the connection attempt in time.
  public static final ErrorKind CONNECT_TIMEOUT = builtIn("ConnectTimedout");

  /// The peer's host answered, but nothing listens there.
  public static final ErrorKind CONNECT_REFUSED = builtIn("ConnectRefused");

  /// No route to the peer's host or network.
  public static final ErrorKind CONNECT_NO_ROUTE = builtIn("ConnectNoRoute");

  /// The handshake waits for a certificate that the application must supply.
  public static final ErrorKind TLS_WANT_X509_LOOKUP = builtIn("TLSWantX509Lookup");

  /// The TLS handshake failed for a reason that the peer or the provider named.
  public static final ErrorKind TLS_HANDSHAKE_FAILURE = builtIn("TLSHandshakeFailure");

  /// The TLS handshake did not end in time.
  public static final ErrorKind TLS_HANDSHAKE_TIMEOUT = builtIn("TLSHandshakeTimedout");

  /// The peer's certificate was refused: chain, name, dates or use.
  public static final ErrorKind INVALID_CERT = builtIn("InvalidCert");

  /// A handshake above TCP failed in a way that no other kind names.
  public static final ErrorKind HANDSHAKE_ERROR = builtIn("HandshakeError");

  /// A connection could not be made, for a reason that no other kind names.
  public static final ErrorKind CONNECT_ERROR = builtIn("ConnectError");

  /// A local address could not be bound.
  public static final ErrorKind BIND_ERROR = builtIn("BindError");

  /// A listening socket failed to accept.
  public static final ErrorKind ACCEPT_ERROR = builtIn("AcceptError");

  /// A socket option or socket call failed.
  public static final ErrorKind SOCKET_ERROR = builtIn("SocketError");

  /// The forward proxy between us and the peer refused or failed the CONNECT.
  public static final ErrorKind CONNECT_PROXY_FAILURE = builtIn("ConnectProxyFailure");

  // Protocols.

  /// A head that breaks the grammar or the rules of HTTP.
  public static final ErrorKind INVALID_HTTP_HEADER = builtIn("InvalidHTTPHeader");

  /// Any other violation of HTTP/1.
  public static final ErrorKind H1_ERROR = builtIn("H1Error");

  /// Any other violation of HTTP/2.
  public static final ErrorKind H2_ERROR = builtIn("H2Error");

  /// The HTTP/2 peer asks for HTTP/1.1 (RFC 9113 §7, HTTP_1_1_REQUIRED).
  public static final ErrorKind H2_DOWNGRADE = builtIn("H2Downgrade");

  /// The peer claims HTTP/2 and speaks something else.
  public static final ErrorKind INVALID_H2 = builtIn("InvalidH2");

  // Input and output.

  /// Reading from a connection failed.
  public static final ErrorKind READ_ERROR = builtIn("ReadError");

  /// Writing to a connection failed, or more or less was written than was announced.
  public static final ErrorKind WRITE_ERROR = builtIn("WriteError");

  /// Nothing could be read in time.
  public static final ErrorKind READ_TIMEOUT = builtIn("ReadTimedout");

  /// Nothing could be written in time.
  public static final ErrorKind WRITE_TIMEOUT = builtIn("WriteTimedout");

  /// The peer closed the connection before the message or exchange was complete.
  public static final ErrorKind CONNECTION_CLOSED = builtIn("ConnectionClosed");

  // Files.

  /// A file could not be opened.
  public static final ErrorKind FILE_OPEN_ERROR = builtIn("FileOpenError");

  /// A file could not be created.
  public static final ErrorKind FILE_CREATE_ERROR = builtIn("FileCreateError");

  /// A file could not be read.
  public static final ErrorKind FILE_READ_ERROR = builtIn("FileReadError");

  /// A file could not be written.
  public static final ErrorKind FILE_WRITE_ERROR = builtIn("FileWriteError");

  // General.

  /// A fault of this process.
  public static final ErrorKind INTERNAL_ERROR = builtIn("InternalError");

  /// A fault that nobody could name.
  public static final ErrorKind UNKNOWN_ERROR = builtIn("UnknownError");

  /// Every candidate peer is down or excluded.
  public static final ErrorKind NO_HEALTHY_UPSTREAM = outcome("NoHealthyUpstream");

  /// A configured limit (connections, requests, memory) is reached and the work was refused.
  public static final ErrorKind OVER_LIMIT = outcome("OverLimit");

  /// The work was given up on purpose: shutdown, a departed client, an interrupt.
  public static final ErrorKind CANCELLED = outcome("Cancelled");

  private static final int MIN_STATUS = 100;
  private static final int MAX_STATUS = 999;

  private final Family family;
  private final String name;
  private final int code;
  private final boolean expected;

  private ErrorKind(Family family, String name, int code, boolean expected) {
    this.family = family;
    this.name = name;
    this.code = code;
    this.expected = expected;
  }

  private static ErrorKind builtIn(String name) {
    return new ErrorKind(Family.BUILT_IN, name, 0, false);
  }

  private static ErrorKind outcome(String name) {
    return new ErrorKind(Family.BUILT_IN, name, 0, true);
  }

  /// {@return the kind that makes the proxy answer with this status}
  ///
  /// @param status 100 to 999
  public static ErrorKind status(int status) {
    if (status < MIN_STATUS || status > MAX_STATUS) {
      throw new IllegalArgumentException("status: " + status + " (expected: 100..999)");
    }
    return new ErrorKind(Family.STATUS, "HTTPStatus", status, true);
  }

  /// {@return a kind of the application}
  public static ErrorKind custom(String name) {
    return custom(name, 0);
  }

  /// {@return a kind of the application with a number that logs and metrics can show}
  ///
  /// @param code 0 (none) to 65535
  public static ErrorKind custom(String name, int code) {
    requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: blank (expected: the failure's name)");
    }
    if (code < 0 || code > 0xFFFF) {
      throw new IllegalArgumentException("code: " + code + " (expected: 0..65535)");
    }
    return new ErrorKind(Family.CUSTOM, name, code, false);
  }

  /// {@return the name without the code, e.g. `HTTPStatus`}
  public String name() {
    return name;
  }

  /// {@return the status of [#status(int)], the code of [#custom(String,int)], else 0}
  public int code() {
    return code;
  }

  /// {@return whether this kind forces the status [#code()]}
  public boolean isStatus() {
    return family == Family.STATUS;
  }

  /// {@return whether [#custom(String)] made this kind}
  public boolean isCustom() {
    return family == Family.CUSTOM;
  }

  /// Whether the failure is a normal outcome under load, for which a stack trace would be waste.
  boolean isExpected() {
    return expected;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof ErrorKind that
            && family == that.family
            && code == that.code
            && name.equals(that.name));
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + code;
  }

  /// {@return the name, followed by the code where there is one: `HTTPStatus(403)`}
  @Override
  public String toString() {
    return code == 0 ? name : name + "(" + code + ")";
  }
}
