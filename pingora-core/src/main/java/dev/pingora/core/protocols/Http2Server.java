// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.server.ShutdownWatch;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http2.ErrorCode;
import dev.pingora.http2.Http2Connection;
import dev.pingora.http2.Http2Error;
import dev.pingora.http2.Http2Limits;
import dev.pingora.http2.Http2Listener;
import dev.pingora.http2.Http2Settings;
import dev.pingora.http2.Http2State;
import dev.pingora.http2.Http2Stream;
import dev.pingora.http2.RequestListener;
import dev.pingora.http2.StreamListener;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// One downstream HTTP/2 connection: the *connection thread* that owns all of its state, reads its
/// frames and writes them; it never runs user code.
///
/// ```
///   connection thread:  messages ─► frames out ─► frames in ─► streams' inboxes ─► wait
///   stream threads:     app, phases, relay; send messages, never touch the connection
/// ```
///
/// Ownership: everything here belongs to the connection thread but `messages`, the lock-free door
/// for the threads of its streams. Messages are bounded by the streams (their number is), and each
/// stream by its room.
public final class Http2Server implements Http2Listener, RequestListener {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private final Connection connection;
  private final RequestThread thread;
  private final HttpServerApp app;
  private final Http1Options options;
  private final ShutdownWatch shutdown;
  private final Http2Connection http2;
  private final Digest digest;
  private final Queue<Runnable> messages = new ConcurrentLinkedQueue<>();
  private final Http2Output output;
  private final Http2Memory memory;
  private final Http2Lingering lingering;
  private boolean leaving;

  Http2Server(
      Connection connection,
      RequestThread thread,
      HttpServerApp app,
      Http1Options options,
      ShutdownWatch shutdown,
      @Nullable SslDigest ssl) {
    this.connection = connection;
    this.thread = thread;
    this.app = app;
    this.options = options;
    this.shutdown = shutdown;
    this.digest = new Digest(connection, null, ssl);
    this.output = new Http2Output(connection);
    this.memory = new Http2Memory(connection);
    this.lingering = new Http2Lingering(options.session().writeNanos());
    this.http2 =
        Http2Connection.server(Http2Settings.OURS, Http2Limits.DEFAULT, this, this, output);
  }

  /// Serves a connection whose client speaks HTTP/2 until it ends, on the thread that owns it.
  ///
  /// @param ssl facts about its TLS
  public static void serve(
      Connection connection,
      RequestThread thread,
      HttpServerApp app,
      Http1Options options,
      ShutdownWatch shutdown,
      SslDigest ssl) {
    new Http2Server(connection, thread, app, options, shutdown, ssl).run(ByteBuffer.allocate(0));
  }

  /// Serves the connection until it ends.
  ///
  /// @param before octets that were read already
  void run(ByteBuffer before) {
    thread.phase("http2");
    try {
      http2.open(now());
      http2.receive(before, now());
      serve();
      output.drain(thread, options.session().writeNanos());
    } catch (ProxyException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0} ended: {1}", connection, e.getMessage());
    } finally { // whatever it was, the streams hear of the end and the connection closes
      http2.endOfInput();
      memory.close();
      connection.close(options.linger());
    }
  }

  private void serve() throws ProxyException {
    long idleSince = now();
    while (!isOver()) {
      long taken = connection.bytesSent();
      boolean moved = output.moveSpilled();
      moved |= runMessages();
      http2.flush();
      leaveIfAsked();
      lingering.look(now());
      if (!memory.look(output.spilledBytes())) {
        http2.fail(ErrorCode.ENHANCE_YOUR_CALM, "answers are not read");
        throw ProxyException.downstream(ErrorKind.WRITE_ERROR, "the client reads no answers");
      }
      if (!memory.isReadable() && (connection.isHungUp() || connection.isClosed())) {
        return;
      }
      if (memory.isReadable() && connection.poll()) {
        if (connection.isInputOver()) {
          return;
        }
        http2.receive(connection.input(), now());
        moved = true;
      }
      if (http2.openStreams() > 0) {
        idleSince = now();
      }
      if (!moved) {
        // Looking at the clock may say something to the client, and may be the end.
        long deadline = memory.deadline(now(), lingering.deadline(deadline(idleSince)));
        connection.flush();
        if (isOver()) {
          return;
        }
        connection.wantRoom(); // a socket that has taken octets makes room for DATA
        if (connection.bytesSent() == taken) { // else it has made room since we looked
          thread.await(deadline);
        }
      }
      if (isIdleTooLong(idleSince)) {
        leave();
      }
    }
  }

  private boolean isIdleTooLong(long idleSince) {
    return http2.openStreams() == 0
        && options.idleNanos() > 0
        && idleSince + options.idleNanos() - now() <= 0;
  }

  private boolean isOver() {
    Http2State state = http2.state();
    return state == Http2State.DRAINED || state == Http2State.CLOSED;
  }

  private void leaveIfAsked() {
    if (shutdown.isShuttingDown()) {
      leave();
    }
  }

  private void leave() {
    if (!leaving) {
      leaving = true;
      http2.shutdown(now());
    }
  }

  private long deadline(long idleSince) {
    long tick = http2.tick(now());
    boolean idles = http2.openStreams() == 0 && options.idleNanos() > 0 && !leaving;
    long idle = idles ? idleSince + options.idleNanos() : Long.MAX_VALUE;
    return tick == Long.MAX_VALUE || (idle != Long.MAX_VALUE && idle - tick < 0) ? idle : tick;
  }

  private boolean runMessages() {
    boolean any = false;
    for (Runnable next = messages.poll(); next != null; next = messages.poll()) {
      next.run();
      any = true;
    }
    return any;
  }

  private long now() {
    return connection.loop().now();
  }

  // --- for stream threads ---

  /// Has the connection thread run something. Any thread.
  void post(Runnable message) {
    messages.add(message);
    thread.signal();
  }

  void outgoing(long bytes) {
    memory.outgoing(bytes);
  }

  boolean hasRoom() {
    return memory.hasRoom();
  }

  void wantRoom() {
    memory.wantRoom();
    post(() -> {});
  }

  /// As [#wantRoom], on the connection thread.
  void lookAgain() {
    memory.wantRoom();
  }

  /// The stream's thread has left before all was sent. Connection thread.
  void lingers(Http2Exchange exchange) {
    lingering.add(exchange, now());
  }

  /// Connection thread.
  void sentAll(Http2Exchange exchange) {
    lingering.remove(exchange);
  }

  /// Connection thread.
  void received(long bytes) {
    memory.received(bytes);
  }

  /// Connection thread.
  void ended(Http2Exchange exchange) {
    memory.ended(exchange);
  }

  Digest digest() {
    return digest;
  }

  boolean isGone() {
    return connection.isHungUp();
  }

  // --- for the codec ---

  @Override
  public StreamListener request(Http2Stream stream, RequestHeader request, boolean endStream) {
    int section = request.headers().encodedLength();
    Http2Exchange exchange = new Http2Exchange(this, stream, section, endStream);
    memory.opened(exchange);
    connection.loop().spawn(own -> serve(own, exchange, request));
    return exchange;
  }

  @Override
  public void failed(Http2Error.ConnectionError error) {
    LOG.log(System.Logger.Level.DEBUG, "{0} failed: {1}", connection, error.reason());
  }

  /// On the stream's own thread.
  private void serve(RequestThread own, Http2Exchange exchange, RequestHeader request) {
    exchange.attach(own);
    Http2Downstream session = new Http2Downstream(this, exchange, own, request, options);
    try {
      app.process(session);
    } catch (ProxyException e) {
      LOG.log(System.Logger.Level.DEBUG, "a stream of {0} ended: {1}", connection, e.getMessage());
    } catch (Exception e) {
      LOG.log(System.Logger.Level.ERROR, "a request on " + connection + " ended badly", e);
    } finally {
      session.finish();
    }
  }
}
