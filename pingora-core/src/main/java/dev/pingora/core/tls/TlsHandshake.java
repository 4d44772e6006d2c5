// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Drives one handshake over a connection, as straight-line code of a request thread: the thread
/// parks while the peer has the word.
final class TlsHandshake {
  /// RFC 8446 §6.1.
  private static final int CLOSE_NOTIFY = 0;

  private final Connection connection;
  private final RequestThread thread;
  private final ErrorSource side;
  private final long deadline;
  private final boolean offloaded;

  /// Octets that came before those of the connection; null when there are none left.
  private @Nullable ByteBuffer early;

  private final CloseWatch watch = new CloseWatch();

  /// @param deadline on the scale of the loop
  /// @param offloaded computes on platform threads, so that the loop goes on meanwhile
  TlsHandshake(
      Connection connection,
      RequestThread thread,
      ErrorSource side,
      long deadline,
      boolean offloaded) {
    this.connection = connection;
    this.thread = thread;
    this.side = side;
    this.deadline = deadline;
    this.offloaded = offloaded;
  }

  /// Shakes hands and puts the session between the connection and its socket. The session is the
  /// connection's from here on; it is closed when this fails.
  ///
  /// @return what was agreed on
  /// @throws ProxyException TLS_HANDSHAKE_FAILURE, INVALID_CERT, TLS_HANDSHAKE_TIMEOUT; a client
  ///   that left is CONNECTION_CLOSED. The alert was written by then, and the connection is still
  ///   open
  TlsDigest run(TlsSession session) throws ProxyException {
    return run(session, null);
  }

  /// The same, beginning with octets that were read from the connection already.
  ///
  /// @param first in any memory; null for none
  TlsDigest run(TlsSession session, @Nullable ByteBuffer first) throws ProxyException {
    early = first;
    TlsDigest digest = null;
    try {
      while (!step(session)) {
        send(session);
        if (watch.isClosed()) {
          throw gone("said close_notify in");
        }
        receive(session);
      }
      digest = session.digest();
    } catch (TlsException e) {
      hold(e.holdNanos());
      send(session);
      throw failure(e);
    } finally {
      if (digest == null) {
        session.close();
      }
    }
    connection.secure(thread, new TlsLayer(session));
    return digest;
  }

  private boolean step(TlsSession session) throws TlsException, ProxyException {
    if (!offloaded) {
      return session.handshake();
    }
    try {
      return thread.offload(session::handshake);
    } catch (TlsException | ProxyException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("a handshake throws nothing else", e);
    }
  }

  private void send(TlsSession session) throws ProxyException {
    while (true) {
      connection.awaitRoom(thread, left());
      ByteBuffer room = connection.room(1);
      int n = session.drain(MemorySegment.ofBuffer(room), 0, room.remaining());
      if (n == 0) {
        break;
      }
      room.position(room.position() + n);
    }
    connection.flush();
  }

  /// Gives what has come to the session; waits for it if need be.
  private void receive(TlsSession session) throws ProxyException, TlsException {
    ByteBuffer first = early;
    if (first != null) {
      feedCopy(session, first);
      early = first.hasRemaining() ? first : null;
      return;
    }
    if (!connection.input().hasRemaining() && !readInTime()) {
      session.endOfInput();
      throw gone("ended the connection during");
    }
    ByteBuffer octets = connection.input();
    feed(session, MemorySegment.ofBuffer(octets), octets);
  }

  /// Sessions read native memory.
  private void feedCopy(TlsSession session, ByteBuffer octets) throws TlsException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(octets.remaining());
      feed(session, copy.copyFrom(MemorySegment.ofBuffer(octets)), octets);
    }
  }

  /// @param from the unread octets of `octets`
  private void feed(TlsSession session, MemorySegment from, ByteBuffer octets) throws TlsException {
    int n = session.feed(from, 0, octets.remaining());
    watch.see(octets.slice(octets.position(), n));
    octets.position(octets.position() + n);
    if (n == 0) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "the session takes no octets");
    }
  }

  private boolean readInTime() throws ProxyException {
    try {
      return connection.read(thread, deadline);
    } catch (ProxyException e) {
      if (e.kind().equals(ErrorKind.READ_TIMEOUT)) {
        throw late();
      }
      throw e.kind().equals(ErrorKind.READ_ERROR) ? gone("broke the connection during") : e;
    }
  }

  /// The peer left before the handshake was complete.
  private ProxyException gone(String how) {
    ErrorKind kind =
        side == ErrorSource.DOWNSTREAM
            ? ErrorKind.CONNECTION_CLOSED
            : ErrorKind.TLS_HANDSHAKE_FAILURE;
    return ProxyException.of(kind, "%s %s the handshake", connection.remoteAddress(), how)
        .withSource(side);
  }

  private ProxyException late() {
    return ProxyException.of(
            ErrorKind.TLS_HANDSHAKE_TIMEOUT,
            "the handshake with %s did not end in time",
            connection.remoteAddress())
        .withSource(side);
  }

  /// Nanoseconds that are left; at least one, for 0 would be no bound.
  private long left() {
    return deadline == RequestThread.NEVER ? 0 : Math.max(1, deadline - thread.loop().now());
  }

  /// Keeps silent for a while, against whoever measures how long failures take.
  private void hold(long nanos) throws ProxyException {
    long until = thread.loop().now() + nanos;
    while (nanos > 0 && thread.await(until)) {
      // woken for no reason
    }
  }

  private ProxyException failure(TlsException e) {
    boolean alerted = e.reason() == TlsException.Reason.ALERTED;
    if (watch.isClosed() || (alerted && e.alert() == CLOSE_NOTIFY)) {
      return gone("said close_notify in");
    }
    ErrorKind kind =
        switch (e.reason()) {
          case BAD_CERTIFICATE -> ErrorKind.INVALID_CERT;
          case HANDSHAKE, ALERTED, TRUNCATED -> ErrorKind.TLS_HANDSHAKE_FAILURE;
          case CONFIGURATION, INTERNAL -> ErrorKind.INTERNAL_ERROR;
        };
    return ProxyException.explain(kind, e, "TLS handshake with " + connection.remoteAddress())
        .withSource(side);
  }
}
