// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One byte stream, as the request thread that owns it sees it: blocking reads and writes that
/// park.
///
/// A connection lives on one loop for ever and is owned by one [RequestThread] at a time
/// ([#attach]), or by nobody while it is *at rest* ([#rest]). Only the owner calls the public
/// methods; the event loop's half is [ConnectionIo]. The two meet in [Inbox], [Outbox] and the
/// volatile fields of both halves, nowhere else.
///
/// Its end has two halves. The *owner* gives it up ([#close], [#reset]): the event loop then sends
/// what is left, lingers, and closes the socket. The *socket* breaks: the event loop closes it, and
/// the owner learns it by its next call. Buffers go back to the pool when both have happened.
public final class Connection {
  /// Most bytes that [#room] can promise.
  public static final int MAX_ROOM = BufferPool.BUFFER_BYTES;

  /// Below this, bytes that pass through are copied into the buffer being filled instead of being
  /// handed over by reference: many small pieces then leave in one system call, and a slow sender
  /// of small pieces holds no large buffers.
  private static final int COPY_BELOW = 4 * 1024;

  /// How long a closing connection waits for a peer that takes none of what is still to be sent.
  public static final long CLOSE_STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final VarHandle OWNER;

  static {
    try {
      OWNER = MethodHandles.lookup().findVarHandle(Connection.class, "owner", RequestThread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Loop loop;
  private final ErrorSource side;
  private final SocketAddress remoteAddress;
  private final SocketAddress localAddress;
  private final long establishedNanos;
  private final ConnectionIo io;
  private final Inbox inbox;
  private final Outbox outbox;

  /// Whom to signal. Written by the owner, read by the event loop: see "ready / owner" in [Inbox].
  @SuppressWarnings("UnusedVariable") // accessed through OWNER
  private @Nullable RequestThread owner;

  /// Belongs to whoever takes the inbox out of its state of rest, and to the owner before.
  private @Nullable Runnable restAction;

  // Written by the owner, read by the event loop.
  private volatile @Nullable Runnable closeAction;
  private volatile @Nullable Linger closing;

  private final FlushFlag flushFlag;

  /// A record layer stands before the socket. Owner.
  private boolean secured;

  /// Bytes of heap that count as kept for this connection. Owner.
  private long held;

  Connection(Loop loop, Wire wire, ErrorSource side, SocketAddress remote, SocketAddress local) {
    this.loop = loop;
    this.side = side;
    this.remoteAddress = remote;
    this.localAddress = local;
    this.establishedNanos = loop.now();
    this.flushFlag = new FlushFlag(!loop.isBound());
    this.inbox = new Inbox(loop.buffers(), !loop.isBound());
    this.outbox = new Outbox(loop.buffers(), !loop.isBound());
    this.io = new ConnectionIo(this, wire, inbox, outbox);
  }

  /// How long and how much a closing connection still reads and drops, so that what it sent is not
  /// destroyed by a reset (RFC 9112 §9.6).
  ///
  /// @param bytes 0 closes at once after the last byte was sent
  /// @param nanos longest wait for the peer's end
  public record Linger(long bytes, long nanos) {
    public static final Linger NONE = new Linger(0, 0);
  }

  // --- facts ---

  public Loop loop() {
    return loop;
  }

  public SocketAddress remoteAddress() {
    return remoteAddress;
  }

  public SocketAddress localAddress() {
    return localAddress;
  }

  /// {@return when it was accepted or connected, on the scale of [Loop#now]}
  public long establishedNanos() {
    return establishedNanos;
  }

  /// {@return what the kernel knows of the socket now; null when it has closed, or on transports
  /// that cannot ask} Waits for a turn of the event loop, which alone may touch the descriptor.
  ///
  /// @throws ProxyException CANCELLED only
  public @Nullable SocketFacts facts(RequestThread thread) throws ProxyException {
    return new FactsQuestion(this, thread).ask();
  }

  /// {@return bytes read from the socket so far}
  public long bytesReceived() {
    return inbox.received();
  }

  /// {@return bytes the socket has taken so far}
  public long bytesSent() {
    return outbox.taken();
  }

  /// {@return whether the peer ended its direction or the connection broke} Bytes that came before
  /// may still be unread.
  public boolean isHungUp() {
    return io.isHungUp();
  }

  public boolean isClosed() {
    return io.isClosed();
  }

  /// Runs `action` on the event-loop thread when the connection has closed. Set it before the first
  /// byte is read.
  public void onClose(Runnable action) {
    closeAction = action;
  }

  // --- owner ---

  /// Makes `thread`, one of this loop's, the one that is signalled when something happens here.
  public void attach(RequestThread thread) {
    if (thread.loop() != loop) {
      throw new IllegalArgumentException("a connection of loop " + loop.index() + " stays there");
    }
    owner(thread);
  }

  private @Nullable RequestThread owner() {
    return (RequestThread) OWNER.getVolatile(this);
  }

  private void owner(@Nullable RequestThread thread) {
    if (loop.isBound()) {
      OWNER.setRelease(this, thread);
    } else {
      OWNER.setVolatile(this, thread);
    }
  }

  /// Tells how much the owner keeps in the heap because of the peer, beside the connection's own
  /// buffers. Whoever has told something must take it back in the end (0), as nobody else does. A
  /// few KiB are not counted.
  ///
  /// @return false when that is more than the connection's share ([BufferBudget#share]): the owner
  ///   gets rid of it
  public boolean hold(long bytes) {
    long counted = bytes <= BufferBudget.UNCOUNTED_BYTES ? 0 : bytes;
    if (counted == held) {
      return true;
    }
    BufferBudget budget = loop.group().bufferBudget();
    budget.holdMore(counted - held);
    held = counted;
    return counted <= budget.share();
  }

  /// {@return most bytes that [#hold] allows now}
  public long share() {
    return loop.group().bufferBudget().share();
  }

  /// Leaves the connection to the event loop: at its next event `action` runs on the event-loop
  /// thread, once, and the connection is nobody's until someone attaches. An event is: bytes, the
  /// peer's end, a failure, the deadline of [#expireAt], the end of the loop. After the latter two
  /// the connection [#isClosed].
  ///
  /// @return false when there is something already; the caller still owns the connection
  public boolean rest(Runnable action) {
    if (outbox.push()) {
      queueFlush();
    }
    outbox.dropTail(); // empty
    RequestThread previous = owner();
    owner(null);
    restAction = action;
    if (!io.isClosed() && !io.isHungUp() && inbox.rest()) {
      // It may be somebody else's by now. What came before it rested, and found it busy, is looked
      // at once more by the loop (Dekker: it wrote these, then looked whether somebody rests).
      if (inbox.isReadable() || io.isClosed() || loop.isQuiescing()) {
        loop.wantRead(io);
      }
      return true;
    }
    restAction = null;
    owner(previous);
    return false;
  }

  /// Gives back what a connection needs only while it is busy; before a long rest.
  public void trim() {
    if (outbox.push()) {
      queueFlush();
    }
    outbox.trim();
  }

  /// Takes a connection at rest back, before its action runs.
  ///
  /// @return false when the action has run or is about to
  public boolean wake() {
    if (io.isClosed() || !inbox.wake()) {
      return false;
    }
    restAction = null;
    return true;
  }

  // --- reading ---

  /// {@return the unread bytes that have arrived; maybe none} Advance its position to consume.
  /// Valid until the next [#poll] or [#read].
  public ByteBuffer input() {
    return inbox.unread();
  }

  /// Looks for more input without waiting; asks for it if there is none, so that the owner is
  /// signalled when it comes.
  ///
  /// @return whether [#input] has bytes, or [#isInputOver]
  public boolean poll() {
    if (inbox.take() || inbox.isOver()) {
      return true;
    }
    if (inbox.ask()) {
      loop.wantRead(io);
    }
    return inbox.take() || inbox.isOver();
  }

  /// {@return whether something has come that was not read: bytes, the peer's end, or a failure} As
  /// the event loop saw it last, without asking for it. After a read that filled its whole buffer
  /// this may be a false alarm, until a look finds nothing. Behind a record layer only what was
  /// delivered counts: what the socket has may be the layer's own, such as session tickets.
  public boolean isInputWaiting() {
    return inbox.unread().hasRemaining() || (!secured && inbox.isReadable());
  }

  /// {@return whether input waits in the socket for which there is no buffer: the budget of the
  /// server is spent}
  public boolean isStarved() {
    return inbox.starved();
  }

  /// {@return whether everything was read and the peer ended its direction, or reading failed}
  public boolean isInputOver() {
    return inbox.isOver();
  }

  /// Waits for input, and as long for a buffer if need be.
  ///
  /// @param thread the owner
  /// @param deadline on the scale of [Loop#now], or [RequestThread#NEVER]
  /// @return false at the end of the stream
  /// @throws ProxyException READ_TIMEOUT, or READ_ERROR when the connection broke
  public boolean read(RequestThread thread, long deadline) throws ProxyException {
    return read(thread, deadline, Long.MAX_VALUE);
  }

  /// Waits for input, but not as long for a buffer, whose want is our fault.
  ///
  /// @param thread the owner
  /// @param deadline on the scale of [Loop#now], or [RequestThread#NEVER]
  /// @param bufferNanos how long what has come may wait for a buffer ([#isStarved])
  /// @return false at the end of the stream
  /// @throws ProxyException READ_TIMEOUT, READ_ERROR when the connection broke, or status 503 when
  ///   there was no buffer
  public boolean read(RequestThread thread, long deadline, long bufferNanos) throws ProxyException {
    while (!poll()) {
      long left = deadline == RequestThread.NEVER ? Long.MAX_VALUE : deadline - loop.now();
      boolean starved = isStarved() && bufferNanos < left;
      long until = starved ? loop.deadlineIn(bufferNanos) : deadline;
      if (thread.await(until) || poll()) {
        continue;
      }
      if (!starved) {
        throw error(ErrorKind.READ_TIMEOUT, "nothing came from " + remoteAddress, null);
      }
      if (isStarved()) {
        throw BufferBudget.spent();
      }
    }
    if (!inbox.isOver()) {
      return true;
    }
    failIfReadFailed();
    return false;
  }

  /// Fails if reading has failed.
  ///
  /// @throws ProxyException READ_ERROR when reading ended in a failure instead of an orderly end
  public void failIfReadFailed() throws ProxyException {
    IOException failure = inbox.failure();
    if (failure != null && inbox.isOver()) {
      throw error(ErrorKind.READ_ERROR, "reading from " + remoteAddress, failure);
    }
  }

  // --- writing ---

  /// {@return output with room for `bytes` at its position} Put bytes there; nothing else is needed
  /// but a later [#flush]. Wait for [#hasRoom] first. Valid until this thread waits, writes by
  /// another method, or flushes.
  ///
  /// @param bytes at most [#MAX_ROOM]
  public ByteBuffer room(int bytes) {
    return outbox.room(bytes);
  }

  /// {@return whether more may be written now, within the bound of what is waiting to be sent}
  public boolean hasRoom() {
    return outbox.hasRoom();
  }

  /// {@return bytes written and not yet taken by the socket}
  public long pendingOutput() {
    return outbox.pending() + outbox.filling();
  }

  /// Announces that the owner is about to wait for [#hasRoom]; it is signalled then. Look at
  /// [#hasRoom] once more before waiting.
  public void wantRoom() {
    outbox.awaitRoom();
  }

  /// Waits until more may be written. What was written is flushed first.
  ///
  /// @param nanos longest wait for progress of the socket, 0 = no limit
  /// @throws ProxyException WRITE_TIMEOUT, or WRITE_ERROR when the connection broke
  public void awaitRoom(RequestThread thread, long nanos) throws ProxyException {
    failIfWriteFailed();
    if (hasRoom()) {
      return;
    }
    long sent = outbox.sent();
    long deadline = loop.deadlineIn(nanos);
    while (!hasRoom()) {
      flush();
      wantRoom();
      boolean inTime = hasRoom() || thread.await(deadline);
      failIfWriteFailed();
      if (outbox.sent() != sent) {
        sent = outbox.sent();
        deadline = loop.deadlineIn(nanos);
      } else if (!inTime) {
        throw error(ErrorKind.WRITE_TIMEOUT, remoteAddress + " takes no bytes", null);
      }
    }
  }

  /// Writes all of `source`, waiting for room as needed. The bytes are copied.
  ///
  /// @throws ProxyException as [#awaitRoom]
  public void write(RequestThread thread, ByteBuffer source, long nanos) throws ProxyException {
    while (source.hasRemaining()) {
      awaitRoom(thread, nanos);
      writeSome(source);
    }
  }

  /// Copies as much of `source` as one buffer takes. Wait for [#hasRoom] first.
  public void writeSome(ByteBuffer source) {
    ByteBuffer room = outbox.room(1);
    int n = Math.min(room.remaining(), source.remaining());
    room.put(room.position(), source, source.position(), n);
    room.position(room.position() + n);
    source.position(source.position() + n);
  }

  /// Moves the next `length` unread bytes of `from` to this connection's output: by reference when
  /// they are many and fill the rest of the input, else as a copy. Wait for [#hasRoom] first.
  ///
  /// @param length at most what `from.input()` holds
  public void moveFrom(Connection from, int length) {
    ByteBuffer input = from.input();
    if (length == input.remaining() && length >= COPY_BELOW) {
      Buffer whole = from.inbox.detach();
      if (whole != null) {
        outbox.append(whole);
        return;
      }
    }
    int limit = input.limit();
    input.limit(input.position() + length);
    while (input.hasRemaining()) {
      writeSome(input);
    }
    input.limit(limit);
  }

  /// Hands what was written to the event loop, which sends it in this turn, together with what is
  /// written and flushed until then. Never waits.
  public void flush() {
    if (loop.isBound() ? outbox.hasUnsent() : outbox.push()) {
      queueFlush();
    }
  }

  /// Fails if writing has failed.
  ///
  /// @throws ProxyException WRITE_ERROR when the connection no longer takes bytes
  public void failIfWriteFailed() throws ProxyException {
    IOException failure = io.writeFailure();
    if (failure != null) {
      throw error(ErrorKind.WRITE_ERROR, "writing to " + remoteAddress, failure);
    }
  }

  /// Waits until everything written was taken by the socket.
  ///
  /// @throws ProxyException as [#awaitRoom]
  public void drain(RequestThread thread, long nanos) throws ProxyException {
    if (outbox.push()) {
      queueFlush();
    }
    failIfWriteFailed();
    long sent = outbox.sent();
    long deadline = loop.deadlineIn(nanos);
    while (outbox.pending() > 0) {
      wantRoom();
      boolean inTime = outbox.pending() == 0 || thread.await(deadline);
      failIfWriteFailed();
      if (outbox.sent() != sent) {
        sent = outbox.sent();
        deadline = loop.deadlineIn(nanos);
      } else if (!inTime) {
        throw error(ErrorKind.WRITE_TIMEOUT, remoteAddress + " takes no bytes", null);
      }
    }
  }

  // --- records ---

  /// Puts `layer` between the socket and this connection's input and output. What was read from the
  /// socket and is still unread goes to the layer. What the layer has to say already leaves with
  /// the first flush, or when the owner waits for input or lets the connection rest. From here on
  /// counters count what the application reads and writes, and a close ends the layer's output
  /// first.
  ///
  /// Nothing may wait to be sent. Waits for a turn of the event loop, which owns the layer then and
  /// closes it with the connection, also when this throws.
  ///
  /// @throws ProxyException CANCELLED only
  public void secure(RequestThread thread, RecordLayer layer) throws ProxyException {
    if (pendingOutput() > 0) {
      throw new IllegalStateException("something waits to be sent");
    }
    secured = true;
    outbox.dropTail();
    Buffer unread = input().hasRemaining() ? inbox.detach() : null;
    AtomicBoolean done = new AtomicBoolean();
    loop.post(() -> {
      io.secure(layer, unread);
      done.set(true);
      thread.signal();
    });
    while (!done.get()) {
      thread.await(RequestThread.NEVER);
    }
  }

  // --- the end ---

  /// Sends what was written, then closes. The caller is done with the connection.
  ///
  /// A peer that takes nothing for [#CLOSE_STALL_NANOS] loses the rest.
  public void close(Linger linger) {
    owner(null);
    outbox.push();
    closing = linger; // publishes all that this thread did to the connection
    queueFlush();
  }

  public void close() {
    close(Linger.NONE);
  }

  /// Closes at once with a reset; what was not sent yet is dropped.
  public void reset() {
    owner(null);
    loop.post(io::resetNow);
  }

  /// Closes a connection at rest when the deadline passes, unless it is woken before; the rest
  /// action runs then. Event loop or owner, before [#rest].
  ///
  /// @param deadline on the scale of [Loop#now]
  public void expireAt(long deadline) {
    io.expireAt(deadline);
  }

  /// Takes the deadline of [#expireAt] back. Costs a field write: a timer that fires for nothing
  /// sees it.
  public void unexpire() {
    io.unexpire();
  }

  @Override
  public String toString() {
    return side + " connection " + localAddress + " - " + remoteAddress;
  }

  private ProxyException error(ErrorKind kind, String what, @Nullable IOException cause) {
    ProxyException error =
        cause == null ? ProxyException.of(kind, what) : ProxyException.explain(kind, cause, what);
    return error.withSource(side);
  }

  private void queueFlush() {
    if (flushFlag.raise()) {
      loop.wantFlush(io);
    }
  }

  // --- for the event loop's half ---

  ConnectionIo io() {
    return io;
  }

  /// Begins a flush: what the owner hands over from here on queues another one.
  void flushBegins() {
    flushFlag.lower();
  }

  /// {@return how the owner closed the connection; null while it has not}
  @Nullable Linger closing() {
    return closing;
  }

  /// {@return what runs now that the connection is no longer at rest} Once.
  @Nullable Runnable takeRestAction() {
    Runnable action = restAction;
    restAction = null;
    return action;
  }

  /// {@return whether there is an owner, who looks up now}
  boolean signalOwner() {
    RequestThread thread = owner();
    if (thread == null) {
      return false;
    }
    thread.signal();
    return true;
  }

  /// Tells whoever wants to know that the connection has closed.
  void runCloseAction() {
    Runnable action = closeAction;
    if (action != null) {
      closeAction = null;
      action.run();
    }
  }
}
