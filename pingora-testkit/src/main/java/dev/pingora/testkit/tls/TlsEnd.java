// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// One side of a connection in memory: drives its session in the order that [TlsSession] asks for,
/// and keeps what came out of it. One thread.
///
/// A failure is kept, not thrown: its alert is drained, and input that comes afterwards is dropped,
/// as a server would.
public final class TlsEnd implements AutoCloseable {
  /// A record and its overhead fit in.
  private static final int CHUNK = 20_000;

  private final String name;
  private final TlsSession session;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment memory = arena.allocate(CHUNK);
  private final ByteArrayOutputStream outgoing = new ByteArrayOutputStream();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private int chunk = CHUNK;
  private boolean complete;
  private boolean ended;
  private @Nullable TlsException failure;

  TlsEnd(String name, TlsSession session) {
    this.name = name;
    this.session = session;
  }

  /// {@return one side, whose peer is somewhere else}
  ///
  /// @param name how messages call it
  public static TlsEnd of(String name, TlsSession session) {
    return new TlsEnd(name, session);
  }

  /// Gives and takes at most so many octets in one call of the session.
  public void limit(int octets) {
    chunk = Math.clamp(octets, 1, CHUNK);
  }

  public TlsSession session() {
    return session;
  }

  /// {@return whether the handshake is complete on this side}
  public boolean isComplete() {
    return complete;
  }

  /// {@return whether the peer said close_notify}
  public boolean isEnded() {
    return ended;
  }

  /// {@return why it cannot go on; null when it can}
  public @Nullable TlsException failure() {
    return failure;
  }

  /// Goes on with the handshake or reads, as far as it gets without more input.
  public void step() {
    if (failure == null) {
      try {
        advance();
      } catch (TlsException e) {
        failure = e;
      }
    }
    drain();
  }

  private void advance() throws TlsException {
    if (!complete) {
      complete = session.handshake();
    }
    while (complete && !ended) {
      int count = session.read(memory, 0, chunk);
      if (count < 0) {
        ended = true;
      } else if (count == 0) {
        break;
      } else {
        check(count, chunk, "read");
        received.writeBytes(copy(count));
      }
    }
  }

  /// Feeds octets of the peer, stepping in between.
  public void deliver(byte[] octets) {
    int at = 0;
    boolean stuck = false;
    while (at < octets.length && failure == null && !ended) {
      int length = Math.min(chunk, octets.length - at);
      MemorySegment.copy(octets, at, memory, ValueLayout.JAVA_BYTE, 0, length);
      int taken = feed(length);
      step();
      at += taken;
      if (taken == 0 && stuck) {
        throw new AssertionError(name + " takes no input, and says nothing");
      }
      stuck = taken == 0;
    }
  }

  private int feed(int length) {
    try {
      int taken = session.feed(memory, 0, length);
      check(taken, length, "feed");
      return taken;
    } catch (TlsException e) {
      failure = e;
      return 0;
    }
  }

  /// The peer's direction of the transport has ended.
  public void endOfInput() {
    session.endOfInput();
    step();
  }

  /// Encrypts `content`; what comes out is taken by [#take].
  ///
  /// @throws AssertionError when the session refuses
  public void send(byte[] content) {
    int at = 0;
    while (at < content.length) {
      int length = Math.min(chunk, content.length - at);
      MemorySegment.copy(content, at, memory, ValueLayout.JAVA_BYTE, 0, length);
      int taken = write(length);
      int drained = outgoing.size();
      drain();
      if (taken == 0 && drained == outgoing.size()) {
        throw new AssertionError(name + " neither takes content nor has output");
      }
      at += taken;
    }
  }

  private int write(int length) {
    try {
      int taken = session.write(memory, 0, length);
      check(taken, length, "write");
      return taken;
    } catch (TlsException e) {
      throw new AssertionError(name + " cannot write: " + e.getMessage(), e);
    }
  }

  /// Says close_notify.
  public void closeNotify() {
    session.closeNotify();
    drain();
  }

  /// Moves what the session has to say to what [#take] gives.
  public void drain() {
    int count = session.drain(memory, 0, chunk);
    while (count > 0) {
      check(count, chunk, "drain");
      outgoing.writeBytes(copy(count));
      count = session.drain(memory, 0, chunk);
    }
  }

  private void check(int count, int most, String method) {
    if (count < 0 || count > most) {
      throw new AssertionError(
          name + ": " + method + " says " + count + " (expected: 0 to " + most + ")");
    }
  }

  private byte[] copy(int count) {
    byte[] octets = new byte[count];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, octets, 0, count);
    return octets;
  }

  /// {@return what is to be sent to the peer, once}
  public byte[] take() {
    byte[] octets = outgoing.toByteArray();
    outgoing.reset();
    return octets;
  }

  /// {@return what was read so far, once}
  public byte[] received() {
    byte[] octets = received.toByteArray();
    received.reset();
    return octets;
  }

  @Override
  public String toString() {
    return name
        + (complete ? " complete" : " in handshake")
        + (ended ? ", ended" : "")
        + (failure == null ? "" : ", failed: " + failure.getMessage());
  }

  @Override
  public void close() {
    session.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
