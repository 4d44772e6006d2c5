// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;

/// Hears what happens on one stream. The engine has one for each request.
///
/// Threads: called by the connection thread, inside [Http2Connection#receive],
/// [Http2Connection#flush] or whatever closes the connection. Implementations append to an inbox
/// and return; they may call the methods of their [Http2Stream] at once. They must not throw.
///
/// Order: `response` (clients; informational ones first), `data` any number of times, `trailers` at
/// most once. The first call with `endStream`, or `trailers`, is the last of these. [#reset] may
/// come instead of any of them and is the last call of all.
public interface StreamListener {
  /// A response, for clients. Informational ones (1xx) precede the final one.
  default void response(ResponseHeader response, boolean endStream) {
    throw new IllegalStateException("response on a server");
  }

  /// Content.
  ///
  /// Its bytes stay counted against the flow-control windows until [Http2Stream#consumed] gives
  /// them back.
  ///
  /// @param content lent for the call; may be empty when `endStream` is set
  void data(ByteBuffer content, boolean endStream);

  /// The trailer section, which ends the stream in this direction.
  void trailers(Fields trailers);

  /// The stream has ended early, by the peer, by a fault of the peer, or with its connection.
  void reset(Http2Error.StreamError error);

  /// [Http2Stream#sendData] refused bytes before, and is worth calling again.
  ///
  /// Called in turn with the other streams that wait; a stream that sends nothing now loses its
  /// turn and is not called again until it is refused again.
  void writable();
}
