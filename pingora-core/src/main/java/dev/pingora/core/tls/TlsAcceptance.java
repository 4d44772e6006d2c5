// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.BufferBudget;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientHello;
import dev.pingora.tls.HelloReader;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One accepted connection until its handshake is complete; then it is the application's.
///
/// ```
///   at rest ──octets──► thread: ClientHello ─► certificate ─► handshake ─► application
/// ```
///
/// The ClientHello is read here, before there is a session: so a certificate can be chosen by
/// blocking code whatever the library, and nobody pays for a session who sends nonsense.
public final class TlsAcceptance implements Runnable, RequestThread.Task {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  /// How a connection whose handshake failed is closed: the client shall see the alert.
  private static final Connection.Linger LINGER =
      new Connection.Linger(64 * 1024, TimeUnit.SECONDS.toNanos(1));

  /// A fatal alert in clear, but for what it says.
  private static final byte[] ALERT = {21, 3, 3, 0, 2, 2};

  private static final int CLOSE_NOTIFY = 0;
  private static final int ACCESS_DENIED = 49;
  private static final int INTERNAL_ERROR = 80;
  private static final int INAPPROPRIATE_FALLBACK = 86;

  /// Nanoseconds that an alert waits for room. Nothing was written before it.
  private static final long ALERT_PATIENCE = TimeUnit.SECONDS.toNanos(1);

  private final Connection connection;
  private final TlsListener listener;
  private final Next next;
  private final long deadline;

  /// Who goes on.
  @FunctionalInterface
  public interface Next {
    /// Serves the connection, on the thread that owns it.
    void secured(RequestThread thread, SslDigest digest);

    /// There are too many handshakes: the connection was closed. On the thread that owned it; must
    /// not block.
    default void tooMany() {}
  }

  public TlsAcceptance(Connection connection, TlsListener listener, Next next) {
    this.connection = connection;
    this.listener = listener;
    this.next = next;
    this.deadline = connection.loop().deadlineIn(listener.settings().handshakeTimeout().toNanos());
  }

  /// Waits for the first octets. On the event-loop thread.
  public void start() {
    connection.expireAt(deadline);
    if (!connection.rest(this)) {
      run();
    }
  }

  @Override
  public void run() {
    if (connection.isClosed()) {
      listener.left();
    } else {
      connection.loop().spawn(this);
    }
  }

  @Override
  public void run(RequestThread thread) {
    connection.attach(thread);
    connection.unexpire();
    thread.phase("tlsHandshake");
    SslDigest digest = null;
    boolean tooMany = false;
    try {
      Greeting greeting = new Greeting(connection, thread, deadline);
      greeting.awaitOctets();
      tooMany = !listener.admits();
      digest = tooMany ? null : accept(thread, greeting);
    } catch (ProxyException e) {
      failed(e);
    } catch (RuntimeException e) {
      failed(ProxyException.explain(ErrorKind.INTERNAL_ERROR, e, "on %s", connection));
    } finally {
      connection.hold(0);
      if (tooMany) {
        connection.close();
        next.tooMany();
      } else if (digest == null) {
        connection.close(LINGER);
      }
    }
    if (digest != null) {
      listener.completed();
      next.secured(thread, digest);
    }
  }

  private void failed(ProxyException e) {
    LOG.log(System.Logger.Level.DEBUG, "no TLS with {0}: {1}", connection, e);
    ErrorKind kind = e.kind();
    if (kind.equals(ErrorKind.CONNECTION_CLOSED) || kind.equals(ErrorKind.CANCELLED)) {
      listener.left();
    } else {
      listener.failed(e);
    }
  }

  private SslDigest accept(RequestThread thread, Greeting greeting) throws ProxyException {
    long began = thread.loop().now();
    ClientHello hello = greeting.read();
    if (hello.fallsBack(listener.settings().profile().maximum())) { // RFC 7507 §3
      throw greeting.refuse(INAPPROPRIATE_FALLBACK, "a fallback to an older version");
    }
    TlsContext context = context(hello, thread, greeting);
    TlsSession session = session(context);
    boolean offloaded = listener.settings().offloaded() || context.blocks();
    TlsHandshake handshake =
        new TlsHandshake(connection, thread, ErrorSource.DOWNSTREAM, deadline, offloaded);
    TlsDigest agreed = handshake.run(session, greeting.early());
    SslDigest digest = new SslDigest(agreed, hello, thread.loop().now() - began);
    tell(digest, thread);
    return digest;
  }

  private TlsContext context(ClientHello hello, RequestThread thread, Greeting greeting)
      throws ProxyException {
    CertKey own = asked(hello, thread, greeting);
    try {
      return own == null ? listener.context(hello) : listener.context(own);
    } catch (TlsException e) {
      throw ProxyException.explain(ErrorKind.INTERNAL_ERROR, e, "no TLS context");
    }
  }

  private static TlsSession session(TlsContext context) throws ProxyException {
    try {
      return context.session(TlsContext.ServerId.NONE);
    } catch (TlsException e) {
      throw ProxyException.explain(ErrorKind.INTERNAL_ERROR, e, "no TLS session");
    }
  }

  private @Nullable CertKey asked(ClientHello hello, RequestThread thread, Greeting greeting)
      throws ProxyException {
    TlsCallbacks callbacks = listener.settings().callbacks();
    try {
      return callbacks == null ? null : callbacks.certificate(hello, thread);
    } catch (Exception e) {
      greeting.say(e instanceof ProxyException ? ACCESS_DENIED : INTERNAL_ERROR);
      throw callbackFailed(e);
    }
  }

  private void tell(SslDigest digest, RequestThread thread) throws ProxyException {
    TlsCallbacks callbacks = listener.settings().callbacks();
    try {
      if (callbacks != null) {
        digest.extension(callbacks.handshakeComplete(digest, thread));
      }
    } catch (Exception e) {
      throw callbackFailed(e);
    }
  }

  /// What a callback throws on purpose refuses the client; anything else is a fault of ours.
  private static ProxyException callbackFailed(Exception e) {
    return e instanceof ProxyException
        ? ProxyException.explain(
                ErrorKind.TLS_HANDSHAKE_FAILURE, e, "a callback refused the handshake")
            .withSource(ErrorSource.INTERNAL)
        : ProxyException.explain(ErrorKind.INTERNAL_ERROR, e, "a callback of the listener threw");
  }

  /// The octets up to the end of the ClientHello. They are looked at where they are, and copied
  /// only when they come in pieces.
  private static final class Greeting {
    private final Connection connection;
    private final RequestThread thread;
    private final long deadline;
    private @Nullable ByteBuffer pieces;

    Greeting(Connection connection, RequestThread thread, long deadline) {
      this.connection = connection;
      this.thread = thread;
      this.deadline = deadline;
    }

    /// Waits for octets: the first, or further ones.
    void awaitOctets() throws ProxyException {
      try {
        if (connection.read(thread, deadline)) {
          return;
        }
      } catch (ProxyException e) {
        if (e.kind().equals(ErrorKind.READ_TIMEOUT)) {
          throw ProxyException.downstream(
              ErrorKind.TLS_HANDSHAKE_TIMEOUT, "the ClientHello did not come in time");
        }
        if (e.kind().equals(ErrorKind.READ_ERROR)) {
          throw ProxyException.explain(ErrorKind.CONNECTION_CLOSED, e, "the client left")
              .withSource(ErrorSource.DOWNSTREAM);
        }
        throw e;
      }
      throw ProxyException.downstream(ErrorKind.CONNECTION_CLOSED, "the client left");
    }

    private void awaitUpTo(int atLeast) throws ProxyException {
      keep();
      do {
        awaitOctets();
      } while (keep().position() < atLeast);
    }

    /// {@return the message}
    ///
    /// @throws ProxyException when it is none that TLS allows; the alert is written by then
    ClientHello read() throws ProxyException {
      while (true) {
        ByteBuffer held = pieces;
        ByteBuffer octets = held == null ? connection.input() : held.duplicate().flip();
        switch (HelloReader.read(octets)) {
          case HelloReader.Complete(ClientHello hello) -> {
            return hello;
          }
          case HelloReader.Unreadable(String why, int alert) -> throw refuse(alert, why);
          case HelloReader.Alerted(int alert) -> throw left(alert);
          case HelloReader.Incomplete(int atLeast) -> awaitUpTo(atLeast);
        }
      }
    }

    private ProxyException left(int alert) {
      return ProxyException.downstream(
          alert == CLOSE_NOTIFY ? ErrorKind.CONNECTION_CLOSED : ErrorKind.TLS_HANDSHAKE_FAILURE,
          "alert %s instead of a ClientHello from %s",
          alert,
          connection.remoteAddress());
    }

    /// Sends a fatal alert (RFC 8446 §6) where there is no session that could.
    void say(int alert) throws ProxyException {
      connection.awaitRoom(thread, ALERT_PATIENCE);
      connection.room(ALERT.length + 1).put(ALERT).put((byte) alert);
      connection.flush();
    }

    /// Sends a fatal alert.
    ///
    /// @return why, to be thrown
    ProxyException refuse(int alert, String why) throws ProxyException {
      say(alert);
      return ProxyException.downstream(
          ErrorKind.TLS_HANDSHAKE_FAILURE, "%s from %s", why, connection.remoteAddress());
    }

    /// Copies what has come, so that more can. It counts as memory that the client has us keep.
    ///
    /// @return all that was copied, up to the position
    /// @throws ProxyException 503 when that is more than its share; the alert is written by then
    private ByteBuffer keep() throws ProxyException {
      ByteBuffer held = pieces;
      ByteBuffer input = connection.input();
      if (held == null || held.remaining() < input.remaining()) {
        int before = held == null ? 0 : held.position();
        held = larger(held, before + input.remaining());
        pieces = held;
      }
      return held.put(input);
    }

    private ByteBuffer larger(@Nullable ByteBuffer held, int least) throws ProxyException {
      int capacity = Math.max(least, Math.min(2 * least, HelloReader.MAX_BYTES));
      if (!connection.hold(capacity)) {
        say(INTERNAL_ERROR);
        throw BufferBudget.spent();
      }
      ByteBuffer larger = ByteBuffer.allocate(capacity);
      return held == null ? larger : larger.put(held.flip());
    }

    /// {@return what was copied; the rest is still the connection's input} Null when nothing was.
    @Nullable ByteBuffer early() {
      ByteBuffer held = pieces;
      return held == null ? null : held.flip();
    }
  }
}
