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
import org.jspecify.annotations.Nullable;

/// What frames mean for their streams: the receiving half of RFC 9113 §5.1, §6 and §8.1.
///
/// Frames of the connection (SETTINGS, PING, GOAWAY) are passed on to [Http2Connection]. A field
/// block is decoded before anything else is asked, whatever becomes of its stream; content counts
/// against the connection's window likewise.
///
/// Owned by the connection thread.
final class Receiver implements FrameHandler {
  /// Informational responses on one stream: a few early hints are sensible, a flood is not.
  private static final int MAX_INFORMATIONAL = 100;

  /// DATA of fewer bytes on a stream that was reset counts as a frame that carries nothing.
  private static final int SMALL_FRAME = 512;

  private final Http2Connection connection;
  private final Streams streams;
  private final FloodGuard guard;
  private final SettingsExchange settings;
  private final @Nullable RequestListener requests;

  /// One for the whole connection: all streams share its table.
  private final HpackDecoder decoder = new HpackDecoder();

  /// The field section read last.
  private final SectionReader section;

  // The DATA frame being read; its stream is null when the content is dropped.
  private @Nullable Http2Stream dataStream;
  private boolean dataEndsStream;

  /// @param requests takes new streams, null on a client
  Receiver(
      Http2Connection connection,
      Streams streams,
      FloodGuard guard,
      SettingsExchange settings,
      @Nullable RequestListener requests) {
    this.connection = connection;
    this.streams = streams;
    this.guard = guard;
    this.settings = settings;
    this.requests = requests;
    section = new SectionReader(settings.ours(), connection.limits());
  }

  HpackDecoder decoder() {
    return decoder;
  }

  @Override
  public boolean isStopped() {
    return connection.state() == Http2State.CLOSED;
  }

  // ---- DATA ----

  @Override
  public void dataBegins(int streamId, int length, int overhead, boolean endStream)
      throws ConnectionException {
    requireNotIdle(streamId, "DATA");
    connection.receivedContent(length, overhead);
    dataEndsStream = endStream;
    dataStream = null;
    Http2Stream stream = streams.find(streamId);
    if (stream == null) {
      lateData(streamId, length);
    } else if (acceptsData(stream, length, length - overhead, endStream)) {
      connection.padded(stream, overhead);
      dataStream = stream;
    }
    if (length == overhead && !endStream) {
      guard.control();
    }
  }

  /// RFC 9113 §5.1, "closed".
  private void lateData(int streamId, int length) throws ConnectionException {
    switch (streams.endingOf(streamId)) {
      case ENDED -> throw closed("DATA");
      case RESET_BY_PEER ->
          connection.refuse(streamId, ErrorCode.STREAM_CLOSED, "DATA after reset");
      // What was under way when we reset it, or when we forgot it: read and dropped.
      // Its amount is bounded by the window the peer had; only small pieces make it a flood.
      case RESET_BY_US, UNKNOWN -> {
        if (length < SMALL_FRAME) {
          guard.control();
        }
      }
    }
  }

  /// Judges a DATA frame on an open stream; the first rule it breaks decides.
  ///
  /// @param length what counts against the window, padding included
  /// @param content what counts as content
  private boolean acceptsData(Http2Stream stream, int length, int content, boolean endStream)
      throws ConnectionException {
    if (!stream.state.canReceive()) {
      // RFC 9113 §5.1, half-closed (remote).
      connection.streamError(stream, ErrorCode.STREAM_CLOSED, "DATA after END_STREAM");
    } else if (!stream.receiveWindow.receive(length)) {
      connection.streamError(stream, ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the window");
    } else if (!stream.finalHeaderReceived) {
      // RFC 9113 §8.1: content follows the header section.
      connection.streamError(stream, ErrorCode.PROTOCOL_ERROR, "DATA before the response");
    } else {
      stream.receivedContent += content;
      return agreesWithLength(stream, endStream);
    }
    return false;
  }

  /// RFC 9113 §8.1.1: content that differs from Content-Length makes the message malformed. Judged
  /// before the content is passed on, so that the listener never holds more than was announced.
  private boolean agreesWithLength(Http2Stream stream, boolean endStream)
      throws ConnectionException {
    long expected = stream.expectedContent;
    boolean wrong =
        endStream ? stream.receivedContent != expected : stream.receivedContent > expected;
    if (expected >= 0 && wrong) {
      connection.streamError(
          stream, ErrorCode.PROTOCOL_ERROR, "content differs from Content-Length");
      return false;
    }
    return true;
  }

  @Override
  public void data(ByteBuffer content, boolean last) {
    Http2Stream stream = dataStream;
    int count = content.remaining();
    if (stream == null || stream.isClosed()) {
      connection.dropped(count);
      return;
    }
    stream.unconsumed += count;
    boolean end = last && dataEndsStream;
    if (end) {
      connection.receivedEnd(stream);
    } else if (count == 0) {
      return;
    }
    listener(stream).data(content, end);
  }

  // ---- field sections ----

  @Override
  public void fieldBlock(FieldBlock block) throws ConnectionException {
    int streamId = block.streamId;
    boolean endStream = block.endStream;
    Http2Stream stream = streams.find(streamId);
    section.begin(kindFor(stream));
    decoder.decode(block.bytes, block.from, block.to, section);
    String wrong = section.finish();
    if (block.dependency == streamId) {
      wrong = "stream depends on itself"; // RFC 7540 §5.3.1; h2spec still asks for it.
    }
    if (stream == null) {
      unknownStream(streamId, wrong, endStream);
    } else if (!stream.state.canReceive()) {
      connection.streamError(stream, ErrorCode.STREAM_CLOSED, "HEADERS after END_STREAM");
    } else if (wrong != null) {
      connection.streamError(stream, ErrorCode.PROTOCOL_ERROR, wrong);
    } else if (section.tooLarge()) {
      connection.streamError(stream, ErrorCode.ENHANCE_YOUR_CALM, "field section beyond limit");
    } else if (stream.finalHeaderReceived) {
      trailers(stream, endStream);
    } else {
      response(stream, endStream);
    }
  }

  /// What a section has to be is known before it is read: behind the header there are only
  /// trailers.
  private SectionReader.Kind kindFor(@Nullable Http2Stream stream) {
    if (stream != null && stream.finalHeaderReceived) {
      return SectionReader.Kind.TRAILERS;
    }
    return requests == null ? SectionReader.Kind.RESPONSE : SectionReader.Kind.REQUEST;
  }

  /// A section for a stream that is not in the table: a new request, or a late frame, or an error.
  private void unknownStream(int streamId, @Nullable String wrong, boolean endStream)
      throws ConnectionException {
    RequestListener listener = requests;
    boolean odd = (streamId & 1) != 0;
    if (!odd || (listener == null && streamId > streams.last())) {
      // RFC 9113 §5.1.1: clients open odd streams; a server opens none, as push is off.
      throw ConnectionException.protocol("HEADERS on a stream the peer cannot open");
    }
    if (listener != null && streamId > streams.last()) {
      streams.used(streamId);
      newRequest(listener, streamId, wrong, endStream);
    } else {
      lateHeaders(streamId);
    }
  }

  /// RFC 9113 §5.1 "closed", and §5.1.1: identifiers below one that was used are closed unused.
  private void lateHeaders(int streamId) throws ConnectionException {
    switch (streams.endingOf(streamId)) {
      case ENDED -> throw closed("HEADERS");
      case RESET_BY_PEER ->
          connection.refuse(streamId, ErrorCode.STREAM_CLOSED, "HEADERS after reset");
      case RESET_BY_US -> guard.control();
      case UNKNOWN -> throw ConnectionException.protocol("HEADERS on an old stream");
    }
  }

  /// A new stream. Whatever is wrong with it is of the stream, not of the connection.
  private void newRequest(
      RequestListener listener, int streamId, @Nullable String wrong, boolean endStream)
      throws ConnectionException {
    if (connection.isBeyondShutdown(streamId)) {
      // RFC 9113 §6.8: ignored; the GOAWAY says that it was not processed.
      guard.control();
      streams.remember(streamId, Ending.RESET_BY_US);
      return;
    }
    if (wrong != null) {
      connection.refuse(streamId, ErrorCode.PROTOCOL_ERROR, wrong);
    } else if (isFull()) {
      refuseStream(streamId);
    } else if (section.tooLarge()) {
      connection.answerTooLarge(streamId, endStream);
    } else if (endStream && section.contentLength() > 0) {
      connection.refuse(streamId, ErrorCode.PROTOCOL_ERROR, "content differs from Content-Length");
    } else {
      open(listener, streamId, endStream);
    }
  }

  /// Streams count until the engine has released them, as a reset costs the peer nothing. They may
  /// be twice as many as the open ones, since the engine always lags a little behind the wire.
  private boolean isFull() {
    int most = settings.ours().maxConcurrentStreams();
    return streams.open() >= most || streams.unreleased() / 2 >= most;
  }

  /// RFC 9113 §5.1.2, §8.7: refused means untouched, so the client may try again.
  private void refuseStream(int streamId) throws ConnectionException {
    boolean open = streams.open() >= settings.ours().maxConcurrentStreams();
    if (open && settings.isAcknowledged()) {
      connection.refuse(streamId, ErrorCode.REFUSED_STREAM, "too many streams");
    } else {
      // The peer cannot know better.
      guard.control();
      connection.refuseFreely(streamId, ErrorCode.REFUSED_STREAM, "too many streams");
    }
  }

  /// The request becomes a stream. The state is settled before the listener is told, since it may
  /// answer at once.
  private void open(RequestListener listener, int streamId, boolean endStream) {
    guard.useful();
    Http2Stream stream = connection.newStream(streamId);
    RequestHeader request = section.toRequest();
    stream.finalHeaderReceived = true;
    stream.requestIsHead = Method.HEAD.equals(request.method());
    stream.expectedContent = section.contentLength();
    if (endStream) {
      connection.receivedEnd(stream);
    }
    stream.listener = listener.request(stream, request, endStream);
  }

  /// A header section on a client: informational or final.
  private void response(Http2Stream stream, boolean endStream) throws ConnectionException {
    int status = section.status();
    if (StatusCode.isInformational(status)) {
      informational(stream, status, endStream);
      return;
    }
    // RFC 9113 §8.1.1: a response that never has content may announce a length.
    boolean never = stream.requestIsHead || !StatusCode.allowsContent(status);
    stream.expectedContent = never ? 0 : section.contentLength();
    stream.finalHeaderReceived = true;
    if (endStream && stream.expectedContent > 0) {
      connection.streamError(
          stream, ErrorCode.PROTOCOL_ERROR, "content differs from Content-Length");
      return;
    }
    guard.useful();
    ResponseHeader response = section.toResponse();
    if (endStream) {
      connection.receivedEnd(stream);
    }
    listener(stream).response(response, endStream);
  }

  private void informational(Http2Stream stream, int status, boolean endStream)
      throws ConnectionException {
    // RFC 9113 §8.1, §8.6: an informational response does not end a stream, and 101 is not used.
    if (endStream || status == 101) {
      connection.streamError(stream, ErrorCode.PROTOCOL_ERROR, "invalid informational response");
      return;
    }
    if (++stream.informational > MAX_INFORMATIONAL) {
      connection.streamError(
          stream, ErrorCode.ENHANCE_YOUR_CALM, "too many informational responses");
      return;
    }
    listener(stream).response(section.toResponse(), false);
  }

  /// The second and last section of a stream.
  private void trailers(Http2Stream stream, boolean endStream) throws ConnectionException {
    if (!endStream) {
      // RFC 9113 §8.1: trailers end the stream.
      connection.streamError(stream, ErrorCode.PROTOCOL_ERROR, "trailers without END_STREAM");
      return;
    }
    if (agreesWithLength(stream, true)) {
      Fields trailers = section.toTrailers();
      connection.receivedEnd(stream);
      listener(stream).trailers(trailers);
    }
  }

  // ---- other frames of streams ----

  @Override
  public void priority(int streamId, int dependency) throws ConnectionException {
    // RFC 9113 §5.3.2: read and ignored. Self-dependency is an error in RFC 7540 §5.3.1 only.
    guard.control();
    if (dependency == streamId) {
      malformed(streamId, ErrorCode.PROTOCOL_ERROR, "stream depends on itself");
    }
  }

  @Override
  public void rstStream(int streamId, int code) throws ConnectionException {
    requireNotIdle(streamId, "RST_STREAM");
    Http2Stream stream = streams.find(streamId);
    if (stream == null) {
      guard.control();
      return;
    }
    connection.resetByPeer(stream, ErrorCode.of(code));
    if (requests != null) {
      guard.streamCut();
    }
  }

  @Override
  public void windowUpdate(int streamId, int increment) throws ConnectionException {
    guard.control();
    if (streamId == 0) {
      connection.widen(increment);
      return;
    }
    requireNotIdle(streamId, "WINDOW_UPDATE");
    Http2Stream stream = streams.find(streamId);
    if (stream == null) {
      return;
    }
    if (increment == 0) {
      // RFC 9113 §6.9.
      connection.streamError(stream, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
    } else if (!connection.sender().flow().widen(stream, increment)) {
      // RFC 9113 §6.9.1.
      connection.streamError(stream, ErrorCode.FLOW_CONTROL_ERROR, "window above 2^31-1");
    }
  }

  @Override
  public void ignored(int type) throws ConnectionException {
    guard.control();
  }

  @Override
  public void malformed(int streamId, ErrorCode code, String reason) throws ConnectionException {
    Http2Stream stream = streams.find(streamId);
    if (stream != null) {
      connection.streamError(stream, code, reason);
    } else if (isIdle(streamId)) {
      // An idle stream cannot be reset (RFC 9113 §6.4), and errors may be of the connection
      // (§5.4.2).
      throw new ConnectionException(code, reason);
    } else {
      guard.control();
    }
  }

  // ---- frames of the connection ----

  @Override
  public void setting(int id, int value) throws ConnectionException {
    connection.setting(id, value);
  }

  @Override
  public void settingsEnd() throws ConnectionException {
    guard.control();
    connection.settingsEnd();
  }

  @Override
  public void settingsAck() throws ConnectionException {
    connection.settingsAck();
  }

  @Override
  public void ping(boolean ack, long opaque) throws ConnectionException {
    guard.control();
    connection.pinged(ack, opaque);
  }

  @Override
  public void goAway(int lastStreamId, int code, String debug) throws ConnectionException {
    guard.control();
    connection.peerLeaves(lastStreamId, ErrorCode.of(code), debug);
  }

  // ---- small things ----

  /// Streams above the last one are idle, and those of the server always are.
  private boolean isIdle(int streamId) {
    return streamId > streams.last() || (streamId & 1) == 0;
  }

  private void requireNotIdle(int streamId, String frame) throws ConnectionException {
    if (isIdle(streamId)) {
      // RFC 9113 §5.1: on an idle stream only HEADERS and PRIORITY are allowed.
      throw ConnectionException.protocol(frame + " on an idle stream");
    }
  }

  private static ConnectionException closed(String frame) {
    return new ConnectionException(ErrorCode.STREAM_CLOSED, frame + " on a closed stream");
  }

  private static StreamListener listener(Http2Stream stream) {
    StreamListener listener = stream.listener;
    if (listener == null) {
      throw new IllegalStateException("stream without listener: " + stream);
    }
    return listener;
  }
}
