// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// Hears what concerns a connection as a whole. The engine has one for each connection.
///
/// Threads: called by the connection thread, inside the methods of [Http2Connection].
public interface Http2Listener {
  /// The peer shuts down (RFC 9113 §6.8). Streams of ours above `lastStreamId` have been reset as
  /// retriable before this call; no new ones can be opened.
  ///
  /// @param debug bytes of the peer, one character each: escape before showing
  default void goAway(int lastStreamId, ErrorCode code, String debug) {}

  /// The peer has answered [Http2Connection#ping].
  default void pong(long opaque) {}

  /// The peer's settings have come or changed, and apply already.
  default void settings(Http2Settings settings) {}

  /// A request has been refused before it became a stream: malformed, too large, or one too many.
  /// For logs and counters; the answer is on its way.
  default void rejected(Http2Error.StreamError error) {}

  /// The connection has failed. All streams have been reset before this call, a GOAWAY is in the
  /// sink: write it out if possible, then close the transport.
  void failed(Http2Error.ConnectionError error);
}
