// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Where the content of one message goes. Never waits: look at [#hasRoom] first, and announce a
/// wait with [#wantRoom]. Confined to the request thread of its session.
public interface ContentSink {
  /// {@return whether a piece may be written now, within the bound of what waits to be sent}
  boolean hasRoom();

  /// Announces that the request thread is about to wait for room; look again before waiting.
  void wantRoom();

  /// Writes a piece; it is copied, and its position moves to its limit.
  ///
  /// @throws ProxyException WRITE_ERROR when the connection broke, or more comes than was announced
  void write(ByteBuffer piece) throws ProxyException;

  /// Takes the piece at hand from a source, without copying it where the two can agree.
  void transfer(ContentSource source) throws ProxyException;

  /// Ends the message.
  ///
  /// @param trailers null for none; left out where the protocol has no place for them
  /// @throws ProxyException WRITE_ERROR when less came than was announced
  void end(@Nullable Fields trailers) throws ProxyException;

  /// Sends what was written, in this turn of the loop.
  void flush();

  /// {@return octets that the socket has not taken yet}
  long pending();
}
