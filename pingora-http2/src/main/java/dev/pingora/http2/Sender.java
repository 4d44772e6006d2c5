// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http.Fields;
import dev.pingora.http.Method;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http.StatusCode;
import dev.pingora.http2.Streams.Ending;
import java.nio.ByteBuffer;

/// What streams send: the sending half of RFC 9113 §5.1, §8.1.
///
/// A stream that the peer has closed takes everything and sends nothing, since nobody can know of a
/// reset under way. A stream that *we* have ended refuses more: that would be a fault of the
/// engine.
///
/// Owned by the connection thread.
final class Sender {
  private final FrameWriter writer;
  private final FloodGuard guard;
  private final Streams streams;
  private final SendFlow flow;

  /// Holds the compression state of our direction: blocks are written in the order of encoding.
  private final SectionWriter sections = new SectionWriter();

  Sender(FrameWriter writer, FloodGuard guard, Streams streams, Http2Limits limits) {
    this.writer = writer;
    this.guard = guard;
    this.streams = streams;
    flow = new SendFlow(writer, guard, limits);
  }

  SendFlow flow() {
    return flow;
  }

  /// Opens the stream by its request, on a client.
  void request(Http2Stream stream, RequestHeader request, boolean endStream) {
    stream.requestIsHead = Method.HEAD.equals(request.method());
    stream.finalHeaderSent = true;
    write(stream.id(), sections.request(request), endStream);
    if (endStream) {
      ended(stream);
    }
  }

  /// See [Http2Stream#sendHeaders].
  void response(Http2Stream stream, ResponseHeader response, boolean endStream) {
    if (stream.isClosed()) {
      return;
    }
    boolean informational = StatusCode.isInformational(response.status());
    // On a client the request was the final header.
    if (stream.finalHeaderSent || (informational && endStream)) {
      throw new IllegalStateException("response not possible now: " + stream);
    }
    stream.finalHeaderSent = !informational;
    write(stream.id(), sections.response(response), endStream);
    guard.useful();
    if (endStream) {
      ended(stream);
    }
  }

  /// See [Http2Stream#sendData].
  boolean data(Http2Stream stream, ByteBuffer content, boolean endStream) {
    if (stream.isClosed()) {
      content.position(content.limit());
      return true;
    }
    requireSending(stream);
    boolean all = flow.send(stream, content, endStream);
    if (all && endStream) {
      ended(stream);
    }
    return all;
  }

  /// See [Http2Stream#sendTrailers].
  void trailers(Http2Stream stream, Fields trailers) {
    if (stream.isClosed()) {
      return;
    }
    requireSending(stream);
    write(stream.id(), sections.trailers(trailers), true);
    ended(stream);
  }

  /// A whole response without fields, for a request that never becomes a stream.
  void answer(int streamId, int status) {
    write(streamId, sections.response(status), true);
  }

  /// See [Http2Stream#reset].
  void reset(Http2Stream stream, ErrorCode code) {
    if (!stream.isClosed()) {
      writer.rstStream(stream.id(), code);
      close(stream, Ending.RESET_BY_US);
    }
  }

  /// Takes the stream out of everything; RST_STREAM has been written or received, or the connection
  /// ends.
  void close(Http2Stream stream, Ending ending) {
    stream.state = StreamState.CLOSED;
    flow.remove(stream);
    streams.close(stream, ending);
  }

  /// END_STREAM has been written.
  private void ended(Http2Stream stream) {
    stream.state = stream.state.sent();
    flow.remove(stream);
    if (stream.isClosed()) {
      streams.close(stream, Ending.ENDED);
    }
  }

  private void write(int streamId, Scratch block, boolean endStream) {
    writer.headers(streamId, block.bytes, block.length, endStream);
  }

  /// Misuse by the engine, not a fault of the peer: a peer's reset closes the stream first.
  private static void requireSending(Http2Stream stream) {
    if (!stream.finalHeaderSent || !stream.state.canSend()) {
      throw new IllegalStateException("content not possible now: " + stream);
    }
  }

  // ---- settings of the peer ----

  void maxTableSize(int bytes) {
    sections.encoder().maxTableSize(bytes);
  }

  /// RFC 9113 §6.9.2: a change of the initial window applies to all streams, never to the
  /// connection.
  void adjustWindows(int difference) throws ConnectionException {
    boolean[] fits = {true};
    streams.forEach(stream -> fits[0] &= flow.widen(stream, difference));
    if (!fits[0]) {
      throw new ConnectionException(
          ErrorCode.FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE overflows a window");
    }
  }
}
