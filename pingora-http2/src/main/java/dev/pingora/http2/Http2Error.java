// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// What went wrong, with the two scopes of RFC 9113 §5.4: one stream, or the whole connection.
public sealed interface Http2Error {
  /// {@return the code sent or received}
  ErrorCode code();

  /// {@return who noticed: this side or the peer}
  Origin origin();

  /// {@return one line for an operator; never bytes of the peer unescaped}
  String reason();

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
