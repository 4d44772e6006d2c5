// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.nio.ByteBuffer;

/// Receives whole, size-checked frames from a [FrameReader], as primitive arguments, so that no
/// object is made for a frame.
///
/// What can be judged from the frame alone has been judged; what needs the state of streams is left
/// to the receiver. Stream identifiers are never 0 where a stream is meant.
interface FrameHandler {
  /// {@return whether the rest of the input is not to be read: the connection is closed}
  boolean isStopped();

  /// A DATA frame begins.
  ///
  /// @param length its whole length, which is what flow control counts (RFC 9113 §6.1)
  /// @param overhead the part of `length` that is padding and never reaches [#data]
  void dataBegins(int streamId, int length, int overhead, boolean endStream)
      throws ConnectionException;

  /// Content of the DATA frame that began last; at least one call per frame.
  ///
  /// @param content lent for the call
  /// @param last whether the frame's content is complete with this call
  void data(ByteBuffer content, boolean last) throws ConnectionException;

  /// A whole field block, lent for the call.
  void fieldBlock(FieldBlock block) throws ConnectionException;

  void priority(int streamId, int dependency) throws ConnectionException;

  void rstStream(int streamId, int code) throws ConnectionException;

  /// One of the settings of a SETTINGS frame, in their order.
  void setting(int id, int value) throws ConnectionException;

  /// The SETTINGS frame is complete.
  void settingsEnd() throws ConnectionException;

  void settingsAck() throws ConnectionException;

  void ping(boolean ack, long opaque) throws ConnectionException;

  void goAway(int lastStreamId, int code, String debug) throws ConnectionException;

  /// The peer widens a window; stream 0 is the connection.
  void windowUpdate(int streamId, int increment) throws ConnectionException;

  /// A frame of unknown type, read and dropped (RFC 9113 §5.5).
  void ignored(int type) throws ConnectionException;

  /// A frame that is wrong in a way which concerns its stream only (§5.4.2).
  void malformed(int streamId, ErrorCode code, String reason) throws ConnectionException;
}
