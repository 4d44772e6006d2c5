// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;

/// What went wrong, with the two scopes of RFC 9113 §5.4: one stream, or the whole connection.
public sealed interface Http2Error {
  /// {@return the code sent or received}
  ErrorCode code();

  /// {@return who noticed: this side or the peer}
  Origin origin();

  /// {@return one line for an operator; never bytes of the peer unescaped}
  String reason();

  /// {@return the same as an exception of the project's error model}
  ///
  /// What the proxy learns from it: `H2Downgrade` and `InvalidH2` say that the peer is better
  /// spoken to in HTTP/1.1. It may be tried again at once only where the peer cannot have acted on
  /// the request (RFC 9113 §8.7, RFC 9110 §9.2.2).
  ///
  /// @param source whether the peer is the client or the upstream
  default ProxyException asException(ErrorSource source) {
    boolean atOnce =
        switch (this) {
          case ConnectionError _ -> false;
          case StreamError stream -> stream.retriable();
        };
    return ProxyException.of(kind(), "%s (%s, %s)", reason(), code(), origin())
        .withSource(source)
        .withRetry(atOnce ? Retry.ALWAYS : Retry.NEVER);
  }

  private ErrorKind kind() {
    if (code() == ErrorCode.HTTP_1_1_REQUIRED && origin() == Origin.REMOTE) {
      return ErrorKind.H2_DOWNGRADE;
    }
    boolean broken = code() == ErrorCode.PROTOCOL_ERROR && origin() == Origin.LOCAL;
    return broken ? ErrorKind.INVALID_H2 : ErrorKind.H2_ERROR;
  }

  /// Who ended the stream or the connection.
  enum Origin {
    /// This side: the peer broke a rule or exceeded a bound.
    LOCAL,
    /// The peer said so by RST_STREAM or GOAWAY.
    REMOTE
  }

  /// The connection is of no use any more: a GOAWAY has been sent or received (§5.4.1).
  record ConnectionError(ErrorCode code, Origin origin, String reason) implements Http2Error {}

  /// One stream has ended early, the others go on (§5.4.2).
  ///
  /// @param retriable whether the peer guarantees that it did nothing with the request (§8.7)
  record StreamError(int streamId, ErrorCode code, Origin origin, boolean retriable, String reason)
      implements Http2Error {}
}
