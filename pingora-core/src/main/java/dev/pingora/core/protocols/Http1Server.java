// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.server.ShutdownWatch;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.Expectation;
import dev.pingora.http1.HeadReader;
import dev.pingora.runtime.BufferBudget;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One downstream HTTP/1 connection: its requests, one after the other, in the order they came.
///
/// ```
///   at rest ──bytes──► thread: read head ─► app ─► finish … ──1 s silent──► at rest
/// ```
///
/// A connection has a request thread only while it has work: after a second of silence the thread
/// ends, and the next bytes start one. State is owned by that thread, or by the event loop at rest.
public final class Http1Server implements Runnable, RequestThread.Task {
  /// How long a thread lingers after an answer, and what a client has sent waits for a buffer.
  static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static final System.Logger LOG = System.getLogger("dev.pingora.core");
  static final DateField DATE = new DateField();

  private final Connection connection;
  private final HttpServerApp app;
  private final Http1Options options;
  private final ShutdownWatch shutdown;
  private final @Nullable SslDigest ssl;
  private int served;
  private @Nullable Object connectionContext;

  public Http1Server(
      Connection connection, HttpServerApp app, Http1Options options, ShutdownWatch shutdown) {
    this(connection, app, options, shutdown, null);
  }

  /// @param ssl facts about the connection's TLS, null for plain text
  public Http1Server(
      Connection connection,
      HttpServerApp app,
      Http1Options options,
      ShutdownWatch shutdown,
      @Nullable SslDigest ssl) {
    this.connection = connection;
    this.app = app;
    this.options = options;
    this.shutdown = shutdown;
    this.ssl = ssl;
  }

  Digest digest() {
    return new Digest(connection, null, ssl);
  }

  /// Waits for the first bytes. On the event-loop thread, or on a request thread that owns the
  /// connection.
  public void start() {
    if (!restUntilRequest()) {
      run();
    }
  }

  /// The connection has something: a request thread looks at it. Event-loop thread.
  @Override
  public void run() {
    if (connection.isClosed()) {
      return; // it was idle for too long, or the server stops
    }
    connection.loop().spawn(this);
  }

  @Override
  public void run(RequestThread thread) {
    run(thread, NOTHING);
  }

  /// Serves the connection on this thread.
  ///
  /// @param before octets that were read already, up to the first that cannot be HTTP/2
  void run(RequestThread thread, ByteBuffer before) {
    connection.attach(thread);
    connection.unexpire();
    boolean kept = false;
    HeadReader heads = HeadReader.forRequests(options.heads());
    Http1Downstream session = new Http1Downstream(this, connection, thread, options);
    try {
      boolean more = accepts(thread, heads, before) && next(thread, heads, session);
      while (more) {
        app.process(session);
        more = session.finish() && next(thread, heads, session);
      }
      kept = rested;
    } catch (ProxyException e) {
      LOG.log(System.Logger.Level.DEBUG, "connection ended: {0}", e.getMessage());
    } catch (Throwable e) { // the root of the connection: whatever it was, the connection closes
      LOG.log(System.Logger.Level.ERROR, "a request on " + connection + " ended badly", e);
    } finally {
      if (!kept) {
        connection.hold(0);
      }
      if (!kept && !closing) {
        connection.close();
      }
    }
  }

  /// Set by [#next] when the connection went to rest, and by whoever closes it properly; both
  /// belong to the thread.
  private boolean rested;

  private boolean closing;

  /// Takes the octets that were read already; they are never a whole head.
  private boolean accepts(RequestThread thread, HeadReader heads, ByteBuffer before)
      throws ProxyException {
    try {
      heads.read(before);
      return true;
    } catch (ProxyException e) {
      refuse(thread, e);
      return false;
    }
  }

  /// Reads the next request into the session.
  ///
  /// @return false when the connection went to rest or ends
  private boolean next(RequestThread thread, HeadReader heads, Http1Downstream session)
      throws ProxyException {
    rested = false;
    try {
      thread.phase("readRequest");
      byte[] head = readHead(thread, heads);
      if (head == null) {
        return false;
      }
      if (connection.loop().isShortOfBuffers()) {
        throw BufferBudget.spent();
      }
      RequestHeader request = heads.parseRequest(head);
      session.begin(request, served == 0);
      served++;
      if (Expectation.of(request) == Expectation.UNSUPPORTED) {
        throw ProxyException.downstream(ErrorKind.status(417), "unknown expectation");
      }
      return true;
    } catch (ProxyException e) {
      refuse(thread, e);
      return false;
    }
  }

  /// Reads one head. The wait for its first byte is idle time; from then on the whole head has one
  /// deadline, however it trickles.
  private byte @Nullable [] readHead(RequestThread thread, HeadReader heads) throws ProxyException {
    // By the loop's clock, which may lag a turn behind: nothing here depends on so little.
    long now = connection.loop().now();
    long idleDeadline = options.idleNanos() <= 0 ? RequestThread.NEVER : now + options.idleNanos();
    long lingerDeadline = now + LINGER_NANOS;
    long headDeadline = RequestThread.NEVER;
    while (true) {
      byte[] head = heads.read(connection.input());
      if (!connection.hold(head == null ? heads.keptBytes() : head.length)) {
        throw BufferBudget.spent(); // as many have sent large heads
      }
      if (head != null) {
        return head;
      }
      if (heads.started() && headDeadline == RequestThread.NEVER) {
        headDeadline = connection.loop().deadlineIn(options.headerNanos());
      }
      boolean found = connection.poll();
      if (!found) {
        connection.flush();
        boolean starved = connection.isStarved();
        long until = heads.started() ? headDeadline : lingerDeadline;
        long patience = starved ? connection.loop().deadlineIn(LINGER_NANOS) : RequestThread.NEVER;
        boolean inTime = thread.await(Math.min(until, patience));
        found = connection.poll();
        if (!found && !heads.started() && shutdown.isShuttingDown()) {
          return null;
        }
        if (!inTime && !found) {
          if (connection.isStarved() && (starved || !heads.started())) {
            throw BufferBudget.spent(); // the wait is not the client's fault
          }
          if (heads.started()) {
            failIfLate(headDeadline);
          } else if (rest(idleDeadline)) {
            return null;
          } else {
            lingerDeadline = RequestThread.NEVER; // something has come in this very moment
          }
        }
      }
      if (found && connection.isInputOver()) {
        connection.failIfReadFailed();
        heads.endOfInput();
        return null; // the client closed between two requests, as it may
      }
    }
  }

  private void failIfLate(long headDeadline) throws ProxyException {
    if (System.nanoTime() - headDeadline >= 0) {
      throw tooSlow();
    }
  }

  private boolean rest(long idleDeadline) {
    if (shutdown.isShuttingDown()) {
      return false;
    }
    rested = true;
    if (idleDeadline != RequestThread.NEVER) {
      connection.expireAt(idleDeadline);
    }
    app.onIdle(connection);
    connection.trim();
    if (connection.rest(this)) {
      return true;
    }
    connection.unexpire();
    rested = false;
    return false;
  }

  private boolean restUntilRequest() {
    return rest(connection.loop().deadlineIn(options.idleNanos()));
  }

  /// Ends a connection on which reading failed before the protocol was known.
  void refuseUnread(RequestThread thread, ProxyException why) {
    try {
      refuse(thread, why.kind().equals(ErrorKind.READ_TIMEOUT) ? tooSlow() : why);
    } catch (ProxyException e) {
      LOG.log(System.Logger.Level.DEBUG, "connection ended: {0}", e.getMessage());
      connection.close();
    }
  }

  private ProxyException tooSlow() {
    return connection.isStarved()
        ? BufferBudget.spent()
        : ProxyException.downstream(ErrorKind.status(408), "the request head is too slow");
  }

  /// Answers what is no request we take, and closes. A client that has left gets nothing.
  private void refuse(RequestThread thread, ProxyException why) throws ProxyException {
    if (why.kind().equals(ErrorKind.CONNECTION_CLOSED)
        || why.kind().equals(ErrorKind.READ_ERROR)
        || why.kind().equals(ErrorKind.WRITE_ERROR)
        || why.kind().equals(ErrorKind.CANCELLED)) {
      throw why;
    }
    int status = why.kind().isStatus() ? why.kind().code() : 400;
    app.onRefused(digest(), status, why);
    connection.awaitRoom(thread, options.session().writeNanos());
    ResponseHeader response = ErrorResponse.of(status);
    response.set("Connection", "close");
    response.set("Date", DATE.now());
    Http1Heads.write(response, connection);
    close();
  }

  // --- for the session ---

  void close() {
    closing = true;
    connection.close(options.linger());
  }

  void closeNow() {
    closing = true;
    connection.close();
  }

  void reset() {
    closing = true;
    connection.reset();
  }

  /// {@return whether this response must be the last: the server stops, or the connection has
  /// served its share}
  boolean isLast() {
    return shutdown.isShuttingDown()
        || (options.maxRequests() > 0 && served >= options.maxRequests());
  }

  @Nullable Object takeConnectionContext() {
    Object context = connectionContext;
    connectionContext = null;
    return context;
  }

  void connectionContext(@Nullable Object context) {
    connectionContext = context;
  }
}
