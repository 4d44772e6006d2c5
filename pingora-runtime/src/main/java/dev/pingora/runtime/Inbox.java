// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The read side of a connection: one buffer that is handed to and fro between the request thread
/// and the event loop.
///
/// ```
///            ask()           deliver()                         take()
///   IDLE ───────────► WANTED ─────────► FILLING ───► READY ──────────────► IDLE
///    │                  │  ▲               │            (an end or a failure stays READY)
///    │ rest()    rest() │  └── nothing ────┤
///    └───► RESTING ◄────┘                  │
///           │   └────────── stir() ────────┘
///           └── any event ──► IDLE, and the rest action runs
/// ```
///
/// Nothing is read that nobody asked for, so back-pressure is the absence of a request. Ownership:
/// `current` belongs to the request thread; `arrived`, `ended` and `failure` belong to the event
/// loop until `READY` is published and to the request thread afterwards. `readable` and `broken`
/// are written by the event loop only.
///
/// Two races decide whether a wake-up is lost, both of the kind "each side writes, then reads what
/// the other wrote" (Dekker), so both need volatile accesses on both sides:
///
/// - *asked for / readable*: the thread writes `WANTED` (or `RESTING`), then reads `readable`; the
///   loop writes `readable`, then reads the state. One of them sees the other, and delivers.
/// - *ready / owner*: the loop writes `READY`, then reads the connection's owner to signal it; a
///   thread that takes the connection over writes the owner, then reads the state.
///
/// Where both sides run on one OS thread (bound flavour) they cannot meet within a method: nothing
/// is ordered by fences or compare-and-set there, which would cost more than the reading of a head.
final class Inbox {
  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);
  private static final VarHandle STATE;
  private static final VarHandle READABLE;
  private static final VarHandle RECEIVED;

  private static final int IDLE = 0;
  private static final int WANTED = 1;
  private static final int READY = 2;
  private static final int RESTING = 3;

  /// The event loop is reading from the socket: the connection cannot go to rest meanwhile.
  private static final int FILLING = 4;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Inbox.class, "state", int.class);
      READABLE = lookup.findVarHandle(Inbox.class, "readable", boolean.class);
      RECEIVED = lookup.findVarHandle(Inbox.class, "received", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final BufferPool buffers;

  /// Request thread and loop may be on different OS threads.
  private final boolean shared;

  private @Nullable Buffer current;

  @SuppressWarnings("UnusedVariable") // accessed through STATE
  private int state;

  private @Nullable Buffer arrived;
  private boolean ended;
  private @Nullable IOException failure;

  /// The socket may have something for us: an edge has come, and no short read since.
  @SuppressWarnings("UnusedVariable") // accessed through READABLE
  private boolean readable;

  /// The event loop's. Only while `readable`: a request thread that asks anew sees that it starves.
  private boolean toldOfStarving;

  /// Why nothing will come any more, whatever the state says: the connection was closed. What had
  /// arrived before is still read first.
  private volatile @Nullable IOException broken;

  /// Written by the event loop, read by anyone who counts: late is good enough.
  private long received;

  Inbox(BufferPool buffers, boolean shared) {
    this.buffers = buffers;
    this.shared = shared;
  }

  // --- the request thread's side ---

  /// {@return unread bytes; empty when there are none} Valid until the next [#take].
  ByteBuffer unread() {
    Buffer buffer = current;
    return buffer == null ? NOTHING : buffer.bytes;
  }

  /// Takes what has arrived, if something has.
  ///
  /// @return whether [#unread] has bytes now
  boolean take() {
    Buffer buffer = current;
    if (buffer != null) {
      if (buffer.bytes.hasRemaining()) {
        return true;
      }
      current = null;
      buffers.release(buffer);
    }
    if (stateAcquire() != READY || arrived == null) {
      return false;
    }
    current = arrived;
    arrived = null;
    if (!ended && failure == null) {
      setStateRelease(IDLE);
    }
    return true;
  }

  /// {@return whether the stream is over: nothing is unread, and nothing will come}
  boolean isOver() {
    if (current != null) {
      return false;
    }
    return stateAcquire() == READY ? arrived == null : broken != null;
  }

  /// {@return why the stream is over, or null when the peer ended it properly} Once [#isOver].
  @Nullable IOException failure() {
    return stateAcquire() == READY ? failure : broken;
  }

  /// Asks the event loop for bytes.
  ///
  /// @return whether the socket is known to have some, so that the loop must be told
  boolean ask() {
    if (stateAcquire() != IDLE) {
      return false;
    }
    setStateVolatile(WANTED);
    return isReadable(); // volatile: see "asked for / readable" above
  }

  /// Gives the whole current buffer away (to an outbox). The caller owns it then.
  @Nullable Buffer detach() {
    Buffer buffer = current;
    current = null;
    return buffer;
  }

  /// Goes to rest: the next event runs the rest action instead of waiting for a request. If the
  /// socket may have something already ([#isReadable] afterwards) the loop must be told to look.
  ///
  /// @return false when something has arrived: not at rest
  @SuppressWarnings("ThreadPriorityCheck") // a yield lets the event loop of a bound flavour go on
  boolean rest() {
    if (take()) {
      return false;
    }
    while (!compareAndSet(IDLE, RESTING) && !compareAndSet(WANTED, RESTING)) {
      if (stateAcquire() == READY) {
        return false;
      }
      // FILLING, which lasts as long as one system call. Not a mere spin: the event loop may have
      // to wait in the middle of it (for an arena of Netty's), and come back on this very carrier.
      Thread.yield();
    }
    return true;
  }

  /// {@return whether the socket may have something} Asked after [#rest] by the request thread.
  boolean isReadable() {
    return (boolean) READABLE.getVolatile(this);
  }

  boolean isResting() {
    return stateAcquire() == RESTING;
  }

  /// {@return whether the connection was at rest and is the caller's now}
  boolean wake() {
    return compareAndSet(RESTING, IDLE);
  }

  // --- the event loop's side ---

  /// Notes that the socket may have something.
  void markReadable() {
    setReadable(true);
  }

  private void setReadable(boolean now) {
    if (shared) {
      READABLE.setVolatile(this, now);
    } else {
      READABLE.setOpaque(this, now);
    }
  }

  /// Reads once if the request thread asked and the socket may have something.
  ///
  /// @param hungUp the peer's end was announced: a short read does not mean that nothing follows
  /// @return whether the request thread has something to look at now
  boolean deliver(Wire wire, boolean hungUp) {
    if (!isReadable() || stateVolatile() != WANTED) {
      return false;
    }
    Buffer buffer = buffers.take();
    if (buffer == null) {
      return false; // the budget is spent; the loop asks again in a later turn
    }
    if (!compareAndSet(WANTED, FILLING)) {
      buffers.release(buffer);
      return false; // it has gone to rest in this very moment, and will see `readable`
    }
    return fill(wire, buffer, hungUp, WANTED);
  }

  /// Looks whether a connection that went to rest has something. If so it is at rest no longer.
  ///
  /// @return whether its rest action must run
  boolean stir(Wire wire, boolean hungUp) {
    if (!isReadable() || stateVolatile() != RESTING) {
      return false;
    }
    Buffer buffer = buffers.take();
    if (buffer == null) {
      return wake(); // a thread that waits for a buffer
    }
    if (!compareAndSet(RESTING, FILLING)) {
      buffers.release(buffer);
      return false;
    }
    return fill(wire, buffer, hungUp, RESTING);
  }

  private boolean fill(Wire wire, Buffer buffer, boolean hungUp, int before) {
    toldOfStarving = false;
    try {
      int n = wire.receive(buffer);
      if (n > 0) {
        countReceived(n);
        buffer.bytes.position(0).limit(n);
        setReadable(hungUp || wire.mayHaveMore(n, buffer));
        arrived = buffer;
        setStateVolatile(READY);
        return true;
      }
      setReadable(n == Wire.NOTHING && wire.mayHaveMore(n, buffer));
      buffers.release(buffer);
      if (n == Wire.NOTHING) {
        setStateVolatile(before);
        return false;
      }
      ended = true;
    } catch (IOException e) {
      buffers.release(buffer);
      failure = e;
    }
    setStateVolatile(READY);
    return true;
  }

  /// {@return whether the last delivery failed for want of a buffer}
  boolean starved() {
    return isReadable() && stateAcquire() == WANTED;
  }

  /// {@return whether the request thread has to be told that it is [#starved]: once each time}
  boolean tellsOfStarving() {
    boolean first = !toldOfStarving;
    toldOfStarving = true;
    return first;
  }

  /// The connection has gone: whoever reads learns it, once what has arrived is read. Leaves the
  /// state alone, which the request thread may be changing at this moment.
  void fail(IOException why) {
    broken = why;
  }

  long received() {
    return (long) RECEIVED.getOpaque(this);
  }

  private void countReceived(int n) {
    RECEIVED.setOpaque(this, received + n);
  }

  /// Gives all buffers back; by the last owner, when the connection is closed.
  void releaseAll() {
    Buffer buffer = current;
    current = null;
    if (buffer != null) {
      buffers.release(buffer);
    }
    Buffer late = arrived;
    arrived = null;
    if (late != null) {
      buffers.release(late);
    }
  }

  private int stateAcquire() {
    return (int) STATE.getAcquire(this);
  }

  private void setStateRelease(int next) {
    STATE.setRelease(this, next);
  }

  private int stateVolatile() {
    return (int) STATE.getVolatile(this);
  }

  /// Publishes a state, ordered before whatever this thread reads next (Dekker, see above).
  private void setStateVolatile(int next) {
    if (shared) {
      STATE.setVolatile(this, next);
    } else {
      STATE.setRelease(this, next);
    }
  }

  private boolean compareAndSet(int expected, int next) {
    if (shared) {
      return STATE.compareAndSet(this, expected, next);
    }
    if (state != expected) {
      return false;
    }
    STATE.setRelease(this, next);
    return true;
  }
}
