// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes frames into a [FrameSink], one method per frame (RFC 9113 §6).
///
/// Order is the caller's business; sizes are checked here only where the writer cuts. Counts what
/// it commits, so that [FloodGuard] can tell which answers the peer has not fetched.
///
/// Threads: the connection thread only.
final class FrameWriter {
  /// The longest debug data we send; our own reasons are shorter.
  private static final int MAX_DEBUG = 256;

  private final FrameSink sink;
  private int maxFrameBytes = Wire.MIN_MAX_FRAME;
  private long committed;

  FrameWriter(FrameSink sink) {
    this.sink = sink;
  }

  /// Takes over the peer's SETTINGS_MAX_FRAME_SIZE.
  void maxFrameBytes(int bytes) {
    maxFrameBytes = bytes;
  }

  int maxFrameBytes() {
    return maxFrameBytes;
  }

  /// {@return all bytes ever committed}
  long committed() {
    return committed;
  }

  /// {@return all bytes the transport has ever taken}
  long taken() {
    return committed - sink.pendingBytes();
  }

  int pendingBytes() {
    return sink.pendingBytes();
  }

  boolean takesContent() {
    return sink.takesContent();
  }

  /// Writes bytes that are no frame: the client's connection preface (§3.4).
  void raw(byte[] bytes) {
    sink.reserve(bytes.length).put(bytes);
    commit(bytes.length);
  }

  /// One DATA frame with `count` bytes of `content`, whose position moves; never padded.
  void data(int streamId, ByteBuffer content, int count, boolean endStream) {
    ByteBuffer out = begin(count, Wire.DATA, endStream ? Wire.END_STREAM : 0, streamId);
    int at = out.position();
    out.put(at, content, content.position(), count);
    out.position(at + count);
    content.position(content.position() + count);
    commit(Wire.FRAME_HEADER + count);
  }

  /// HEADERS and, if the block is longer than one frame, its CONTINUATION frames (§4.3).
  void headers(int streamId, byte[] block, int length, boolean endStream) {
    int from = 0;
    int type = Wire.HEADERS;
    int flags = endStream ? Wire.END_STREAM : 0;
    while (length - from > maxFrameBytes) {
      begin(maxFrameBytes, type, flags, streamId).put(block, from, maxFrameBytes);
      commit(Wire.FRAME_HEADER + maxFrameBytes);
      from += maxFrameBytes;
      type = Wire.CONTINUATION;
      flags = 0;
    }
    begin(length - from, type, flags | Wire.END_HEADERS, streamId).put(block, from, length - from);
    commit(Wire.FRAME_HEADER + length - from);
  }

  /// RFC 9113 §6.4.
  void rstStream(int streamId, ErrorCode code) {
    begin(4, Wire.RST_STREAM, 0, streamId).putInt(code.wire());
    commit(Wire.FRAME_HEADER + 4);
  }

  /// Our settings: those that differ from the protocol's defaults.
  void settings(Http2Settings settings, boolean client) {
    ByteBuffer out = begin(settings.encodedLength(client), Wire.SETTINGS, 0, 0);
    settings.writeTo(out, client);
    commit(Wire.FRAME_HEADER + settings.encodedLength(client));
  }

  /// RFC 9113 §6.5.3.
  void settingsAck() {
    begin(0, Wire.SETTINGS, Wire.ACK, 0);
    commit(Wire.FRAME_HEADER);
  }

  /// RFC 9113 §6.7: an answer repeats the eight octets.
  void ping(boolean ack, long opaque) {
    begin(8, Wire.PING, ack ? Wire.ACK : 0, 0).putLong(opaque);
    commit(Wire.FRAME_HEADER + 8);
  }

  /// RFC 9113 §6.8.
  ///
  /// @param debug ASCII, shown to whoever looks at the peer's logs; cut to [#MAX_DEBUG]
  void goAway(int lastStreamId, ErrorCode code, String debug) {
    byte[] text = debug.getBytes(StandardCharsets.US_ASCII);
    int shown = Math.min(text.length, MAX_DEBUG);
    begin(8 + shown, Wire.GOAWAY, 0, 0)
        .putInt(lastStreamId)
        .putInt(code.wire())
        .put(text, 0, shown);
    commit(Wire.FRAME_HEADER + 8 + shown);
  }

  /// RFC 9113 §6.9.
  ///
  /// @param streamId 0 for the connection
  void windowUpdate(int streamId, int increment) {
    begin(4, Wire.WINDOW_UPDATE, 0, streamId).putInt(increment);
    commit(Wire.FRAME_HEADER + 4);
  }

  /// Reserves room for the whole frame and writes its header.
  private ByteBuffer begin(int length, int type, int flags, int streamId) {
    ByteBuffer out = sink.reserve(Wire.FRAME_HEADER + length);
    // RFC 9113 §4.1: length (24), type (8), flags (8), reserved bit and stream identifier.
    out.putInt(length << 8 | type);
    out.put((byte) flags);
    out.putInt(streamId);
    return out;
  }

  private void commit(int bytes) {
    committed += bytes;
    sink.commit(bytes);
  }
}
