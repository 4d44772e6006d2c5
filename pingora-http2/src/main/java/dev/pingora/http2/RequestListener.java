// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http.RequestHeader;

/// Takes the requests of a server's connection.
@FunctionalInterface
public interface RequestListener {
  /// A request has come.
  ///
  /// The engine owes the stream one [Http2Stream#release], however it ends.
  ///
  /// @param request the caller's own; nobody else keeps it
  /// @param endStream whether it has neither content nor trailers
  /// @return hears all that follows on the stream
  StreamListener request(Http2Stream stream, RequestHeader request, boolean endStream);
}
