// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static java.util.Objects.requireNonNull;

import dev.pingora.http.RequestHeader;
import dev.pingora.http2.Http2Error.ConnectionError;
import dev.pingora.http2.Http2Error.Origin;
import dev.pingora.http2.Http2Error.StreamError;
import dev.pingora.http2.Streams.Ending;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 connection (RFC 9113), server or client, without a transport.
///
/// **Shape.** The owner feeds bytes of the peer to [#receive], which calls the listeners at once;
/// it calls methods of the connection and of its [Http2Stream]s, which append frames to the
/// [FrameSink]. There is no thread, no lock, no clock and no I/O here. Content is never buffered:
/// what comes is lent to the listener, what cannot go stays with the stream that offers it.
///
/// **Threads.** One owner, the connection thread, calls everything and is called by everything.
///
/// **A turn of the owner** is: [#receive] what has come; do what request threads have asked for;
/// [#flush]; hand the sink to the transport; [#tick] when its time has come; look at [#state].
///
/// **Parts**, each with one reason to wait: [FrameReader] cuts bytes into frames, [Receiver] judges
/// them, [SectionReader] and [HpackDecoder] read field sections; [FrameWriter], [SectionWriter] and
/// [HpackEncoder] write; [SendFlow] and [ReceiveWindow] keep the windows; [Streams] is the table;
/// [SettingsExchange], [Shutdown] and [FloodGuard] are what their names say.
public final class Http2Connection {
  /// RFC 9113 §3.4: what a client sends first.
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /// Streams a client opens before it knows the server's limit (§6.5.2 recommends at least 100).
  private static final int STREAMS_AT_FIRST = 100;

  private static final int TOO_LARGE = 431;

  private final boolean server;
  private final Http2Limits limits;
  private final Http2Listener listener;

  /// What both sides have said of themselves.
  private final SettingsExchange settings;

  /// Streams that are not closed.
  final Streams streams = new Streams();

  private final Shutdown shutdown = new Shutdown();
  private final FrameWriter writer;
  private final FloodGuard guard;
  private final Sender sender;

  /// The window we grant for all streams together; what bounds the memory of a connection.
  private final ReceiveWindow receiveWindow;

  private final Receiver receiver;
  private final FrameReader reader;

  /// Octets of the preface received; a client has none to receive.
  private int prefaceBytes;

  private long settingsDeadline;

  /// Set once. Nothing is written or told behind it.
  private boolean closed;

  private Http2Connection(
      Http2Settings ours,
      Http2Limits limits,
      Http2Listener listener,
      @Nullable RequestListener requests,
      FrameSink sink) {
    this.server = requests != null;
    this.limits = requireNonNull(limits, "limits");
    this.listener = requireNonNull(listener, "listener");
    settings = new SettingsExchange(requireNonNull(ours, "ours"), !server);
    writer = new FrameWriter(requireNonNull(sink, "sink"));
    guard = new FloodGuard(limits, writer);
    sender = new Sender(writer, guard, streams, limits);
    receiveWindow = new ReceiveWindow(limits.connectionWindow());
    receiver = new Receiver(this, streams, guard, settings, requests);
    reader = new FrameReader(receiver, limits, ours.maxFrameSize());
  }

  /// {@return the server's side of a connection; [#open] has to be called first}
  public static Http2Connection server(
      Http2Settings ours,
      Http2Limits limits,
      Http2Listener listener,
      RequestListener requests,
      FrameSink sink) {
    requireNonNull(requests, "requests");
    return new Http2Connection(ours, limits, listener, requests, sink);
  }

  /// {@return the client's side of a connection; [#open] has to be called first}
  public static Http2Connection client(
      Http2Settings ours, Http2Limits limits, Http2Listener listener, FrameSink sink) {
    return new Http2Connection(ours, limits, listener, null, sink);
  }

  // ---- life ----

  /// Writes the preface: our SETTINGS, and the window of the connection.
  ///
  /// @param nowNanos the caller's clock, as in all methods; any origin
  public void open(long nowNanos) {
    if (!server) {
      prefaceBytes = PREFACE.length;
      writer.raw(PREFACE);
    }
    writer.settings(settings.ours(), !server);
    int more = limits.connectionWindow() - Wire.DEFAULT_WINDOW;
    if (more > 0) {
      writer.windowUpdate(0, more);
    }
    settingsDeadline = nowNanos + limits.settingsTimeout().toNanos();
    guard.now(nowNanos);
  }

  /// Takes all bytes of `input`, which came from the peer, and calls the listeners.
  public void receive(ByteBuffer input, long nowNanos) {
    guard.now(nowNanos);
    try {
      if (!closed && readPreface(input)) {
        reader.read(input);
      }
    } catch (ConnectionException e) {
      fail(e.error());
    }
    input.position(input.limit());
  }

  /// RFC 9113 §3.4. The first octet that differs decides: HTTP/1 sent here by mistake ends at once.
  private boolean readPreface(ByteBuffer input) throws ConnectionException {
    while (prefaceBytes < PREFACE.length && input.hasRemaining()) {
      if (input.get() != PREFACE[prefaceBytes++]) {
        throw ConnectionException.protocol("invalid connection preface");
      }
    }
    return prefaceBytes == PREFACE.length;
  }

  /// The transport has ended: all open streams are reset, nothing is written any more.
  public void endOfInput() {
    if (!closed) {
      closed = true;
      resetAll(
          new ConnectionError(ErrorCode.CANCEL, Origin.REMOTE, "connection closed by the peer"));
    }
  }

  /// Lets the streams that wait send DATA, in turn. To be called once a turn, and when the
  /// transport has taken bytes of the sink.
  public void flush() {
    if (!closed) {
      sender.flow().flush();
    }
  }

  /// Begins a graceful end (RFC 9113 §6.8). What is under way is finished; [#state] says when.
  ///
  /// A server first announces the end and accepts requests for a round trip more.
  public void shutdown(long nowNanos) {
    if (closed || !shutdown.isServing()) {
      return;
    }
    if (!server) {
      writer.goAway(shutdown.finish(0), ErrorCode.NO_ERROR, "");
      return;
    }
    shutdown.announce(nowNanos + limits.drainTimeout().toNanos());
    writer.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR, "");
    writer.ping(false, Shutdown.PING);
  }

  /// The second GOAWAY names the last stream that was accepted.
  private void finishShutdown() {
    writer.goAway(shutdown.finish(streams.last()), ErrorCode.NO_ERROR, "");
  }

  /// Ends the connection at once: GOAWAY with this code, all open streams reset.
  ///
  /// @param reason goes to the peer as debug data and to the listeners; ASCII
  public void fail(ErrorCode code, String reason) {
    fail(new ConnectionError(code, Origin.LOCAL, reason));
  }

  private void fail(ConnectionError error) {
    if (closed) {
      return;
    }
    closed = true;
    int last = shutdown.finish(server ? streams.last() : 0);
    writer.goAway(last, error.code(), error.reason());
    resetAll(error);
    listener.failed(error);
  }

  /// Every stream hears of the end before the connection's listener does, so that no request thread
  /// waits for ever.
  private void resetAll(ConnectionError error) {
    // A peer that never sent its SETTINGS does not speak HTTP/2 and has read no request.
    boolean untouched = !server && !settings.isReceived();
    streams.forEach(stream ->
        end(
            stream,
            Ending.RESET_BY_US,
            new StreamError(stream.id(), error.code(), error.origin(), untouched, error.reason())));
  }

  /// Acts on what should have happened by now: an acknowledgement of our SETTINGS, the end of the
  /// first step of [#shutdown].
  ///
  /// @return when to call again, on the caller's clock; `Long.MAX_VALUE` for never
  public long tick(long nowNanos) {
    guard.now(nowNanos);
    if (closed) {
      return Long.MAX_VALUE;
    }
    if (!settings.isAcknowledged() && nowNanos - settingsDeadline >= 0) {
      // RFC 9113 §6.5.3.
      fail(ErrorCode.SETTINGS_TIMEOUT, "SETTINGS not acknowledged");
      return Long.MAX_VALUE;
    }
    if (shutdown.isAnnounced() && nowNanos - shutdown.deadline() >= 0) {
      finishShutdown();
    }
    if (!settings.isAcknowledged()) {
      boolean sooner = shutdown.isAnnounced() && shutdown.deadline() - settingsDeadline < 0;
      return sooner ? shutdown.deadline() : settingsDeadline;
    }
    return shutdown.isAnnounced() ? shutdown.deadline() : Long.MAX_VALUE;
  }

  /// {@return what the connection is good for}
  public Http2State state() {
    if (closed) {
      return Http2State.CLOSED;
    }
    if (shutdown.isServing() && !shutdown.isPeerLeaving()) {
      return Http2State.OPEN;
    }
    boolean settled = shutdown.isFinal() || shutdown.isPeerLeaving();
    return settled && streams.open() == 0 ? Http2State.DRAINED : Http2State.DRAINING;
  }

  /// {@return how many streams are open}
  public int openStreams() {
    return streams.open();
  }

  /// {@return whether a frame or a field section has begun and not ended}
  ///
  /// For the engine's timeouts: a peer that stays here is slow on purpose or gone.
  public boolean isInsideFrame() {
    return !reader.betweenFrames() || prefaceBytes < PREFACE.length;
  }

  /// Asks for a sign of life; [Http2Listener#pong] brings the same number back.
  public void ping(long opaque) {
    if (!closed) {
      writer.ping(false, opaque);
    }
  }

  // ---- client ----

  /// {@return how many streams [#request] can open now}
  public int availableStreams() {
    if (server || closed || !shutdown.isServing() || shutdown.isPeerLeaving() || nextId() < 0) {
      return 0;
    }
    int most = settings.isReceived() ? settings.peers().maxConcurrentStreams() : STREAMS_AT_FIRST;
    return Math.max(0, most - streams.open());
  }

  /// Opens a stream and sends a request on it. The caller owes the stream one
  /// [Http2Stream#release].
  ///
  /// @param endStream whether neither content nor trailers follow
  /// @return the stream, or null if the connection takes no more now ([#availableStreams])
  public @Nullable Http2Stream request(
      RequestHeader request, boolean endStream, StreamListener streamListener) {
    requireNonNull(streamListener, "streamListener");
    if (availableStreams() == 0) {
      return null;
    }
    int id = nextId();
    streams.used(id);
    Http2Stream stream = newStream(id);
    stream.listener = streamListener;
    sender.request(stream, request, endStream);
    return stream;
  }

  /// The identifier of the next stream; negative when they are used up (§5.1.1).
  private int nextId() {
    return streams.last() == 0 ? 1 : streams.last() + 2;
  }

  // ---- what streams ask for ----

  /// See [Http2Stream#consumed].
  void consumed(Http2Stream stream, int bytes) {
    stream.unconsumed -= bytes;
    dropped(bytes);
    giveBack(stream, bytes);
  }

  /// See [Http2Stream#release].
  void release(Http2Stream stream) {
    if (stream.released) {
      return;
    }
    stream.released = true;
    streams.released();
    boolean answered = server && !stream.state.canSend();
    sender.reset(stream, answered ? ErrorCode.NO_ERROR : ErrorCode.CANCEL);
    consumed(stream, stream.unconsumed);
  }

  // ---- what frames mean, called by Receiver ----

  Http2Limits limits() {
    return limits;
  }

  Sender sender() {
    return sender;
  }

  /// Windows begin with what the settings say at this moment (RFC 9113 §6.9.2).
  Http2Stream newStream(int id) {
    Http2Stream stream =
        new Http2Stream(this, id, settings.streamWindow(), settings.peers().initialWindowSize());
    streams.add(stream);
    return stream;
  }

  /// END_STREAM has been received.
  void receivedEnd(Http2Stream stream) {
    stream.state = stream.state.received();
    if (stream.isClosed()) {
      streams.close(stream, Ending.ENDED);
    }
  }

  /// A DATA frame has come, for whatever stream: it counts against the connection's window.
  void receivedContent(int length, int overhead) throws ConnectionException {
    if (!receiveWindow.receive(length)) {
      throw new ConnectionException(
          ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the connection's window");
    }
    dropped(overhead);
  }

  /// The padding of a DATA frame is consumed at once.
  void padded(Http2Stream stream, int bytes) {
    giveBack(stream, bytes);
  }

  /// Bytes of content wait no longer: the connection's window gets them back.
  void dropped(int bytes) {
    int increment = receiveWindow.consume(bytes);
    if (increment > 0 && !closed) {
      writer.windowUpdate(0, increment);
    }
  }

  /// Bytes come back to a stream's window only while the peer can still send on it.
  private void giveBack(Http2Stream stream, int bytes) {
    if (stream.state.canReceive()) {
      int increment = stream.receiveWindow.consume(bytes);
      if (increment > 0) {
        writer.windowUpdate(stream.id(), increment);
      }
    }
  }

  /// The peer has broken a rule on an open stream (RFC 9113 §5.4.2).
  void streamError(Http2Stream stream, ErrorCode code, String reason) throws ConnectionException {
    guard.reply();
    writer.rstStream(stream.id(), code);
    end(
        stream,
        Ending.RESET_BY_US,
        new StreamError(stream.id(), code, Origin.LOCAL, false, reason));
    if (server) {
      guard.streamCut();
    }
  }

  /// Resets a stream that is not in the table: a request that cannot be one, or a late frame.
  void refuse(int streamId, ErrorCode code, String reason) throws ConnectionException {
    guard.streamCut();
    refuseFreely(streamId, code, reason);
  }

  /// Like [#refuse], when the peer is not to blame.
  void refuseFreely(int streamId, ErrorCode code, String reason) throws ConnectionException {
    guard.reply();
    writer.rstStream(streamId, code);
    streams.remember(streamId, Ending.RESET_BY_US);
    listener.rejected(new StreamError(streamId, code, Origin.LOCAL, false, reason));
  }

  /// RFC 9113 §10.5.1: a section beyond our limit is answered 431, and the rest of the request is
  /// not wanted.
  void answerTooLarge(int streamId, boolean endStream) throws ConnectionException {
    guard.control();
    guard.reply();
    sender.answer(streamId, TOO_LARGE);
    if (!endStream) {
      writer.rstStream(streamId, ErrorCode.NO_ERROR);
    }
    streams.remember(streamId, endStream ? Ending.ENDED : Ending.RESET_BY_US);
    listener.rejected(
        new StreamError(
            streamId, ErrorCode.NO_ERROR, Origin.LOCAL, false, "field section beyond limit"));
  }

  void resetByPeer(Http2Stream stream, ErrorCode code) {
    // RFC 9113 §8.7: nothing was done with a refused stream. §7: nor with one that has to be asked
    // over HTTP/1.1.
    boolean retriable = code == ErrorCode.REFUSED_STREAM || code == ErrorCode.HTTP_1_1_REQUIRED;
    end(
        stream,
        Ending.RESET_BY_PEER,
        new StreamError(stream.id(), code, Origin.REMOTE, retriable, "reset by the peer"));
  }

  /// Closes a stream and tells its listener, who hears nothing more.
  private void end(Http2Stream stream, Ending ending, StreamError error) {
    sender.close(stream, ending);
    StreamListener streamListener = stream.listener;
    if (streamListener != null) {
      streamListener.reset(error);
    }
  }

  void widen(int increment) throws ConnectionException {
    if (increment == 0) {
      // RFC 9113 §6.9.
      throw ConnectionException.protocol("WINDOW_UPDATE of 0");
    }
    if (!sender.flow().widen(increment)) {
      // RFC 9113 §6.9.1.
      throw new ConnectionException(ErrorCode.FLOW_CONTROL_ERROR, "window above 2^31-1");
    }
  }

  /// One setting of the peer, in order.
  void setting(int id, int value) throws ConnectionException {
    settings.take(id, value);
    if (id == Wire.HEADER_TABLE_SIZE) {
      // RFC 7541 §4.2: the smallest size in between counts, not only the last.
      sender.maxTableSize(settings.peers().headerTableSize());
    }
  }

  /// RFC 9113 §6.5.3: applied, then acknowledged at once.
  void settingsEnd() throws ConnectionException {
    int difference = settings.received();
    if (difference != 0) {
      sender.adjustWindows(difference);
    }
    writer.maxFrameBytes(settings.peers().maxFrameSize());
    guard.reply();
    writer.settingsAck();
    listener.settings(settings.peers());
  }

  /// Our settings hold from here on, for the peer as well.
  void settingsAck() throws ConnectionException {
    if (!settings.acknowledge()) {
      throw ConnectionException.protocol("SETTINGS acknowledged twice");
    }
    int window = settings.ours().initialWindowSize();
    streams.forEach(stream -> stream.receiveWindow.resize(window));
    receiver.decoder().allowedSize(settings.ours().headerTableSize());
  }

  void pinged(boolean ack, long opaque) throws ConnectionException {
    if (!ack) {
      // RFC 9113 §6.7.
      guard.reply();
      writer.ping(true, opaque);
    } else if (shutdown.isAnnounced() && opaque == Shutdown.PING) {
      finishShutdown();
    } else {
      listener.pong(opaque);
    }
  }

  /// GOAWAY has been received.
  void peerLeaves(int lastStreamId, ErrorCode code, String debug) throws ConnectionException {
    shutdown.peerLeaves(lastStreamId);
    if (!server) {
      // RFC 9113 §6.8: streams above were not processed and may be retried elsewhere.
      streams.forEach(stream -> {
        if (stream.id() > lastStreamId) {
          end(
              stream,
              Ending.RESET_BY_PEER,
              new StreamError(stream.id(), code, Origin.REMOTE, true, "not processed, by GOAWAY"));
        }
      });
    }
    listener.goAway(lastStreamId, code, debug);
  }

  boolean isBeyondShutdown(int streamId) {
    return shutdown.isBeyond(streamId);
  }
}
