// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A socket made of arrays, which counts system calls. Confined to the event-loop thread, but for
/// the counters.
@SuppressWarnings("NonAtomicVolatileUpdate") // the event loop is the only writer
final class FakeWire implements Wire {
  final AtomicInteger sends = new AtomicInteger();
  final AtomicInteger receives = new AtomicInteger();
  final Deque<byte[]> incoming = new ArrayDeque<>();
  final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  boolean ended;
  @Nullable IOException receiveFailure;
  @Nullable IOException sendFailure;

  /// What tells one turn of the loop from the next, and most reads of one turn.
  LongSupplier turn = () -> 0;

  private long lastTurn;
  private int receivesOfTurn;
  volatile int mostReceivesOfTurn;

  /// Bytes the socket still takes.
  long window = Long.MAX_VALUE;

  int waitsAsked;
  volatile boolean outputShut;
  volatile boolean closed;
  volatile boolean wasReset;

  @Override
  public int receive(Buffer into) throws IOException {
    receives.incrementAndGet();
    receivesOfTurn = turn.getAsLong() == lastTurn ? receivesOfTurn + 1 : 1;
    lastTurn = turn.getAsLong();
    mostReceivesOfTurn = Math.max(mostReceivesOfTurn, receivesOfTurn);
    if (receiveFailure != null) {
      throw receiveFailure;
    }
    byte[] next = incoming.poll();
    if (next == null) {
      return ended ? END : NOTHING;
    }
    into.bytes.put(0, next);
    return next.length;
  }

  @Override
  public int send(Buffer from) throws IOException {
    sends.incrementAndGet();
    if (sendFailure != null) {
      throw sendFailure;
    }
    int n = (int) Math.min(window, from.bytes.remaining());
    byte[] taken = new byte[n];
    from.bytes.get(taken);
    sent.writeBytes(taken);
    window -= n;
    return n;
  }

  @Override
  public void awaitWritable() {
    waitsAsked++;
  }

  @Override
  public void shutdownOutput() {
    outputShut = true;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public void reset() {
    wasReset = true;
    closed = true;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }
}
