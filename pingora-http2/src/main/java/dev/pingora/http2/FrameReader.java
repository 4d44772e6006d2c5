// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static dev.pingora.http2.Wire.ACK;
import static dev.pingora.http2.Wire.CONTINUATION;
import static dev.pingora.http2.Wire.DATA;
import static dev.pingora.http2.Wire.END_HEADERS;
import static dev.pingora.http2.Wire.END_STREAM;
import static dev.pingora.http2.Wire.FRAME_HEADER;
import static dev.pingora.http2.Wire.GOAWAY;
import static dev.pingora.http2.Wire.HEADERS;
import static dev.pingora.http2.Wire.PADDED;
import static dev.pingora.http2.Wire.PING;
import static dev.pingora.http2.Wire.PRIORITY;
import static dev.pingora.http2.Wire.PRIORITY_FLAG;
import static dev.pingora.http2.Wire.PUSH_PROMISE;
import static dev.pingora.http2.Wire.RST_STREAM;
import static dev.pingora.http2.Wire.SETTING;
import static dev.pingora.http2.Wire.SETTINGS;
import static dev.pingora.http2.Wire.WINDOW_UPDATE;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Cuts the bytes of a peer into frames (RFC 9113 §4, §6) and checks what can be checked without
/// knowing any stream.
///
/// Incremental: every call consumes its whole input, whatever the cut. The content of DATA is
/// passed on in place; all other payloads are gathered in one array, where CONTINUATION frames line
/// up behind their HEADERS, so that a field block is decoded from one piece.
///
/// ```
///   HEADER ──► PAYLOAD ──────────► (frame done) HEADER
///      │
///      ├─────► PAD_LENGTH ─► CONTENT ─► SKIP ─► HEADER     DATA
///      └─────► SKIP                                        unknown types
/// ```
///
/// Bounds: a frame's length by `maxFrameBytes`, a field block by [Http2Limits#maxFieldBlockBytes]
/// and [Http2Limits#maxContinuations]. Nothing else is kept.
///
/// Threads: the connection thread only.
final class FrameReader {
  private enum State {
    HEADER,
    PAYLOAD,
    PAD_LENGTH,
    CONTENT,
    SKIP
  }

  /// What is kept of the gathering array between frames.
  private static final int KEEP = 1_024;

  /// Settings in one frame; there are about ten defined. A frame could hold thousands.
  private static final int MAX_SETTINGS = 64;

  /// Takes the frames, in their order.
  private final FrameHandler handler;

  private final Http2Limits limits;

  /// Payloads gathered whole; a field block grows here over several frames.
  private final Scratch payload = new Scratch();

  /// A frame header that came in pieces.
  private final byte[] header = new byte[FRAME_HEADER];

  private int headerBytes;
  private State state = State.HEADER;
  private final int maxFrameBytes;

  // The frame being read.
  private int length;
  private int type;
  private int flags;
  private int streamId;

  /// Bytes still to come of the payload, the content or what is skipped.
  private int remaining;

  /// Padding behind the content of a DATA frame.
  private int padding;

  // The field block being assembled; expectedStream is 0 when none is.
  private int expectedStream;
  private final FieldBlock block = new FieldBlock();
  private int continuations;

  /// Whether the SETTINGS frame of the preface is still to come.
  private boolean firstFrame = true;

  /// @param maxFrameBytes what our SETTINGS allow the peer
  FrameReader(FrameHandler handler, Http2Limits limits, int maxFrameBytes) {
    this.handler = handler;
    this.limits = limits;
    this.maxFrameBytes = maxFrameBytes;
  }

  /// {@return whether the input ended between two frames and outside a field block}
  boolean betweenFrames() {
    return state == State.HEADER && headerBytes == 0 && expectedStream == 0;
  }

  /// Reads all of `input`.
  ///
  /// After an exception the reader is of no use any more.
  void read(ByteBuffer input) throws ConnectionException {
    while (input.hasRemaining() && !handler.isStopped()) {
      switch (state) {
        case HEADER -> readHeader(input);
        case PAYLOAD -> readPayload(input);
        case PAD_LENGTH -> readPadLength(input);
        case CONTENT -> readContent(input);
        case SKIP -> skip(input);
      }
    }
  }

  // ---- frame header ----

  /// Takes what is there of the nine octets; goes on when they are complete.
  private void readHeader(ByteBuffer input) throws ConnectionException {
    int count = Math.min(FRAME_HEADER - headerBytes, input.remaining());
    input.get(header, headerBytes, count);
    headerBytes += count;
    if (headerBytes < FRAME_HEADER) {
      return;
    }
    headerBytes = 0;
    length = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | header[2] & 0xff;
    type = header[3] & 0xff;
    flags = header[4] & 0xff;
    // RFC 9113 §4.1: the reserved bit MUST be ignored when receiving.
    streamId = readInt(header, 5) & 0x7fff_ffff;
    checkHeader();
    remaining = length;
    begin();
  }

  /// What holds for every frame, whatever its type. Judged before a byte of the payload is kept.
  private void checkHeader() throws ConnectionException {
    if (firstFrame && (type != SETTINGS || (flags & ACK) != 0)) {
      // RFC 9113 §3.4: the preface is followed by a SETTINGS frame.
      throw ConnectionException.protocol("first frame is not SETTINGS");
    }
    firstFrame = false;
    if (length > maxFrameBytes) {
      // RFC 9113 §4.2. A stream error would do for DATA, but such a peer ignores our settings.
      throw ConnectionException.frameSize("frame longer than SETTINGS_MAX_FRAME_SIZE");
    }
    if (expectedStream != 0 && (type != CONTINUATION || streamId != expectedStream)) {
      // RFC 9113 §4.3: a field block is a contiguous sequence of frames, unknown types included.
      throw ConnectionException.protocol("field block interrupted by another frame");
    }
  }

  /// Judges the header by its type and says where the payload goes.
  private void begin() throws ConnectionException {
    switch (type) {
      case DATA -> beginData();
      case HEADERS -> beginHeaders();
      case CONTINUATION -> beginContinuation();
      case PRIORITY -> beginPriority();
      case RST_STREAM -> beginFixed(4, true, "RST_STREAM");
      case SETTINGS -> beginSettings();
      case PUSH_PROMISE ->
          // RFC 9113 §8.4: a client cannot push, and a server must not as we switch push off.
          throw ConnectionException.protocol("PUSH_PROMISE although push is disabled");
      case PING -> beginFixed(8, false, "PING");
      case GOAWAY -> beginGoAway();
      case WINDOW_UPDATE -> beginWindowUpdate();
      default -> beginUnknown();
    }
  }

  private void beginUnknown() throws ConnectionException {
    // RFC 9113 §5.5: unknown types MUST be ignored and discarded.
    handler.ignored(type);
    beginSkip();
  }

  /// A frame of one size, which belongs to a stream or to the connection.
  private void beginFixed(int bytes, boolean ofStream, String name) throws ConnectionException {
    if (length != bytes) {
      // RFC 9113 §6.4, §6.7, §6.9: connection error FRAME_SIZE_ERROR.
      throw ConnectionException.frameSize(name + " of wrong size");
    }
    if (ofStream != (streamId != 0)) {
      throw wrongStream(name);
    }
    beginPayload();
  }

  /// RFC 9113 §6.9: the only frame that may belong to either.
  private void beginWindowUpdate() throws ConnectionException {
    beginFixed(4, streamId != 0, "WINDOW_UPDATE");
  }

  private void beginGoAway() throws ConnectionException {
    if (streamId != 0) {
      throw wrongStream("GOAWAY");
    }
    if (length < 8) {
      throw ConnectionException.frameSize("GOAWAY of wrong size");
    }
    beginPayload();
  }

  private void beginSettings() throws ConnectionException {
    if (streamId != 0) {
      throw wrongStream("SETTINGS");
    }
    boolean ack = (flags & ACK) != 0;
    // RFC 9113 §6.5: an acknowledgement is empty, the others are whole settings.
    if (ack ? length != 0 : length % SETTING != 0) {
      throw ConnectionException.frameSize("SETTINGS of wrong size");
    }
    beginPayload();
  }

  private void beginPriority() throws ConnectionException {
    requireStream("PRIORITY");
    if (length != 5) {
      // RFC 9113 §6.3: a stream error.
      handler.malformed(streamId, ErrorCode.FRAME_SIZE_ERROR, "PRIORITY of wrong size");
      beginSkip();
      return;
    }
    beginPayload();
  }

  private void beginHeaders() throws ConnectionException {
    requireStream("HEADERS");
    int prefix = (padded() ? 1 : 0) + ((flags & PRIORITY_FLAG) != 0 ? 5 : 0);
    if (length < prefix) {
      throw ConnectionException.frameSize("HEADERS shorter than its own fields");
    }
    payload.reset(KEEP);
    continuations = 0;
    block.endStream = (flags & END_STREAM) != 0;
    beginPayload();
  }

  private void beginContinuation() throws ConnectionException {
    requireStream("CONTINUATION");
    if (expectedStream == 0) {
      // RFC 9113 §6.10: must follow HEADERS or CONTINUATION without END_HEADERS.
      throw ConnectionException.protocol("CONTINUATION without HEADERS");
    }
    continuations++;
    if (continuations > limits.maxContinuations()) {
      throw ConnectionException.flood("too many CONTINUATION frames");
    }
    beginPayload();
  }

  /// Prepares to gather the payload. A continuation lines up behind what is there, everything else
  /// begins anew.
  private void beginPayload() throws ConnectionException {
    if (type != CONTINUATION) {
      payload.reset(KEEP);
    }
    if (payload.length + length > limits.maxFieldBlockBytes() && isFieldBlock()) {
      // Decoding is not optional (RFC 9113 §4.3), so beyond this bound the connection ends.
      throw ConnectionException.flood("field block beyond limit");
    }
    state = State.PAYLOAD;
    if (length == 0) {
      finishPayload();
    }
  }

  private boolean isFieldBlock() {
    return type == HEADERS || type == CONTINUATION;
  }

  // ---- payloads gathered whole ----

  /// Gathers one more piece.
  private void readPayload(ByteBuffer input) throws ConnectionException {
    int count = Math.min(remaining, input.remaining());
    // As much as arrives is kept, not as much as is announced: an announcement costs nothing.
    input.get(payload.ensure(count), payload.length, count);
    payload.length += count;
    remaining -= count;
    if (remaining == 0) {
      finishPayload();
    }
  }

  private void finishPayload() throws ConnectionException {
    state = State.HEADER;
    byte[] bytes = payload.bytes;
    switch (type) {
      case HEADERS -> finishHeaders(bytes);
      case CONTINUATION -> finishFragment();
      case PRIORITY -> handler.priority(streamId, readInt(bytes, 0) & 0x7fff_ffff);
      case RST_STREAM -> handler.rstStream(streamId, readInt(bytes, 0));
      case SETTINGS -> finishSettings(bytes);
      case PING -> handler.ping((flags & ACK) != 0, readLong(bytes));
      case GOAWAY -> finishGoAway(bytes);
      case WINDOW_UPDATE -> handler.windowUpdate(streamId, readInt(bytes, 0) & 0x7fff_ffff);
      default -> throw new IllegalStateException("payload of type " + type);
    }
    if (expectedStream == 0) {
      payload.reset(KEEP);
    }
  }

  /// Takes padding and priority off the first fragment (RFC 9113 §6.2): the one by moving the end,
  /// the other by moving the beginning.
  private void finishHeaders(byte[] bytes) throws ConnectionException {
    block.from = 0;
    int pad = 0;
    if (padded()) {
      pad = bytes[block.from++] & 0xff;
    }
    block.dependency = -1;
    if ((flags & PRIORITY_FLAG) != 0) {
      block.dependency = readInt(bytes, block.from) & 0x7fff_ffff;
      block.from += 5;
    }
    if (pad > payload.length - block.from) {
      // RFC 9113 §6.2: padding that exceeds what is left for the fragment.
      throw ConnectionException.protocol("HEADERS padding longer than the frame");
    }
    payload.length -= pad;
    finishFragment();
  }

  /// Hands the block on if it is complete; else only CONTINUATION of this stream may follow.
  private void finishFragment() throws ConnectionException {
    if ((flags & END_HEADERS) == 0) {
      expectedStream = streamId;
      return;
    }
    expectedStream = 0;
    block.streamId = streamId;
    block.bytes = payload.bytes;
    block.to = payload.length;
    handler.fieldBlock(block);
  }

  /// RFC 9113 §6.5.3: the values are processed in the order they appear.
  private void finishSettings(byte[] bytes) throws ConnectionException {
    if ((flags & ACK) != 0) {
      handler.settingsAck();
      return;
    }
    if (payload.length > MAX_SETTINGS * SETTING) {
      throw ConnectionException.flood("too many settings in a frame");
    }
    for (int at = 0; at < payload.length; at += SETTING) {
      int id = (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
      handler.setting(id, readInt(bytes, at + 2));
    }
    handler.settingsEnd();
  }

  private void finishGoAway(byte[] bytes) throws ConnectionException {
    // The debug data is shown to operators: bounded, and escaped by whoever prints it.
    int shown = Math.min(payload.length - 8, limits.maxDebugBytes());
    String debug = new String(bytes, 8, shown, StandardCharsets.ISO_8859_1);
    handler.goAway(readInt(bytes, 0) & 0x7fff_ffff, readInt(bytes, 4), debug);
  }

  // ---- DATA, passed on in place ----

  /// The receiver hears of the frame when its padding is known, since that never reaches it.
  private void beginData() throws ConnectionException {
    requireStream("DATA");
    padding = 0;
    if (!padded()) {
      dataBegins(0);
    } else if (length == 0) {
      throw ConnectionException.frameSize("padded DATA without pad length");
    } else {
      state = State.PAD_LENGTH;
    }
  }

  private void readPadLength(ByteBuffer input) throws ConnectionException {
    padding = input.get() & 0xff;
    if (padding >= length) {
      // RFC 9113 §6.1: padding of the payload's length or more.
      throw ConnectionException.protocol("DATA padding longer than the frame");
    }
    dataBegins(padding + 1);
  }

  /// Announces the frame, then its content, which may be empty.
  private void dataBegins(int overhead) throws ConnectionException {
    handler.dataBegins(streamId, length, overhead, (flags & END_STREAM) != 0);
    remaining = length - overhead;
    state = State.CONTENT;
    if (remaining == 0) {
      handler.data(ByteBuffer.wrap(payload.bytes, 0, 0), true);
      finishData();
    }
  }

  /// Lends the receiver what is there of the content, in the input itself: no copy, no object.
  private void readContent(ByteBuffer input) throws ConnectionException {
    int count = Math.min(remaining, input.remaining());
    remaining -= count;
    int end = input.position() + count;
    int limit = input.limit();
    input.limit(end);
    try {
      handler.data(input, remaining == 0);
    } finally {
      input.limit(limit).position(end);
    }
    if (remaining == 0) {
      finishData();
    }
  }

  /// Behind the content there may be padding. Its octets are not looked at: RFC 9113 §6.1 allows to
  /// treat other values than zero as an error, and nothing is gained by that.
  private void finishData() {
    remaining = padding;
    beginSkip();
  }

  /// Drops so many octets as are left of this frame.
  private void beginSkip() {
    state = remaining == 0 ? State.HEADER : State.SKIP;
  }

  private void skip(ByteBuffer input) {
    int count = Math.min(remaining, input.remaining());
    input.position(input.position() + count);
    remaining -= count;
    beginSkip();
  }

  // ---- small things ----

  private boolean padded() {
    return (flags & PADDED) != 0;
  }

  private void requireStream(String name) throws ConnectionException {
    if (streamId == 0) {
      throw wrongStream(name);
    }
  }

  private static ConnectionException wrongStream(String name) {
    // RFC 9113 §6: frames of streams need one, frames of the connection must not have one.
    return ConnectionException.protocol(name + " on the wrong stream");
  }

  private static int readInt(byte[] bytes, int at) {
    return bytes[at] << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | bytes[at + 3] & 0xff;
  }

  private static long readLong(byte[] bytes) {
    return (long) readInt(bytes, 0) << 32 | readInt(bytes, 4) & 0xffff_ffffL;
  }
}
