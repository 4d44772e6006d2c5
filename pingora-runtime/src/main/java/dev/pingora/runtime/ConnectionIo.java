// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.timeout.Timer;
import dev.pingora.timeout.TimerWheel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The event loop's half of a [Connection]: it moves bytes between the socket and the boxes, and
/// sees the connection to its end.
///
/// ```
///   open ──owner closes──► closing: sends what is left ──► lingering: drops what comes ──► closed
///    │                        └── peer takes nothing (CLOSE_STALL_NANOS) ────────────────►  ▲
///    └── failure, expiry at rest, end of the loop ──────────────────────────────────────────┘
/// ```
///
/// Everything here runs on the event-loop thread, but for the accessors of volatile fields and the
/// expiry.
final class ConnectionIo implements WireEvents {
  /// Most bytes that a lingering connection reads and drops in one turn of the loop.
  private static final int DISCARD_PER_TURN = 4 * BufferPool.BUFFER_BYTES;

  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  /// Links of [ConnectionList].
  @Nullable ConnectionIo next;

  @Nullable ConnectionIo previous;

  private final Connection connection;
  private final Loop loop;

  /// Another one from [#secure] on.
  private Wire wire;

  private final Inbox inbox;
  private final Outbox outbox;

  private volatile boolean hungUp;
  private volatile boolean closed;
  private volatile @Nullable IOException writeFailure;

  /// When to give up a connection at rest. Set by the owner.
  private final LazyDeadline expiry;

  /// The socket took less than there was: [#onWritable] will come.
  private boolean blocked;

  /// The owner has given the connection up, and its buffers are ours.
  private boolean abandoned;

  /// Everything was sent, our direction is ended, and the peer's end is awaited.
  private boolean lingering;

  /// The loop will try again.
  private boolean starved;

  private long lingerBytes;
  private long sentAtLook = -1;
  private @Nullable Timer timer;

  ConnectionIo(Connection connection, Wire wire, Inbox inbox, Outbox outbox) {
    this.connection = connection;
    this.loop = connection.loop();
    this.expiry = new LazyDeadline(!loop.isBound());
    this.wire = wire;
    this.inbox = inbox;
    this.outbox = outbox;
  }

  Connection connection() {
    return connection;
  }

  boolean isHungUp() {
    return hungUp;
  }

  boolean isClosed() {
    return closed;
  }

  /// Event-loop thread.
  @Nullable SocketFacts facts() {
    return closed ? null : wire.facts();
  }

  @Nullable IOException writeFailure() {
    return writeFailure;
  }

  // --- events of the socket ---

  @Override
  public void onReadable() {
    if (closed) {
      return;
    }
    wire.noteReadable(hungUp);
    if (inbox.isResting() && !wire.hasContent()) {
      return;
    }
    inbox.markReadable();
    if (abandoned) {
      discardInput();
    } else if (inbox.wake()) {
      runRestAction();
    } else {
      deliver();
    }
  }

  @Override
  public void onWritable() {
    if (blocked || wire.holdsOutput()) {
      blocked = false;
      flushNow();
    }
  }

  @Override
  public void onHangup() {
    hungUp = true;
    onReadable();
    connection.signalOwner();
  }

  // --- what the owner asked for ---

  /// From here on the socket's bytes pass through `layer`.
  ///
  /// @param unread what was read and not used before, null for none
  void secure(RecordLayer layer, @Nullable Buffer unread) {
    SecureWire secure = new SecureWire(wire, layer, loop.buffers(), unread);
    wire = secure;
    if (closed) {
      secure.close();
      return;
    }
    secure.noteReadable(hungUp);
    inbox.markReadable(); // the layer may hold what came with the last of the handshake
  }

  /// Gives the owner bytes, if it asked and the socket has some; or ends a rest that began when
  /// there was something already.
  void deliver() {
    if (abandoned) {
      return;
    }
    if (closed || loop.isQuiescing()) {
      endRest();
    }
    if (closed) {
      return;
    }
    if (inbox.deliver(wire, hungUp)) {
      connection.signalOwner();
    } else if (inbox.stir(wire, hungUp)) {
      runRestAction();
    } else if (inbox.starved()) {
      if (!starved) {
        starved = true;
        loop.starved(this);
      }
      if (inbox.tellsOfStarving()) {
        connection.signalOwner(); // who need not wait for long
      }
    }
  }

  /// A buffer may have come back since [Loop#starved] was told.
  void retryStarved() {
    starved = false;
    deliver();
  }

  /// Sends what was handed over, and begins the end if the owner has asked for it.
  void flushNow() {
    connection.flushBegins();
    Connection.Linger closing = connection.closing(); // first: all that was written precedes it
    if (closing != null && !abandoned) {
      abandoned = true;
      releaseBuffers();
    }
    if (closed) {
      outbox.dropQueued();
      return;
    }
    if (!blocked) {
      send();
    }
    if (outbox.releaseWaiter()) {
      connection.signalOwner();
    }
    if (closing != null && !lingering) {
      close(closing);
    }
  }

  private void send() {
    try {
      blocked = !(outbox.drain(wire) && wire.flush());
      if (blocked) {
        wire.awaitWritable();
      }
    } catch (IOException e) {
      if (writeFailure == null) {
        writeFailure = e;
      }
      outbox.dropQueued();
      connection.signalOwner();
    }
  }

  void resetNow() {
    abandoned = true;
    if (closed) {
      releaseBuffers();
      return;
    }
    wire.reset();
    tearDown(null, true);
  }

  // --- the end ---

  /// Tears the connection down. Idempotent.
  ///
  /// @param failure what readers and writers are told, null for an ordinary close
  void destroy(@Nullable IOException failure) {
    if (closed) {
      return;
    }
    closed = true; // before the look at the state: whoever goes to rest later sees it
    boolean atRest = inbox.wake();
    tearDown(failure, atRest);
    if (atRest) {
      runRestAction();
    }
  }

  /// The server stops: a connection at rest closes, the owner of any other looks up.
  void quiesce() {
    if (!endRest()) {
      connection.signalOwner();
    }
  }

  /// Closes the connection if it is at rest.
  ///
  /// @return whether it was
  private boolean endRest() {
    if (!inbox.wake()) {
      return false;
    }
    if (closed) {
      releaseBuffers();
    } else {
      tearDown(null, true);
    }
    runRestAction();
    return true;
  }

  /// Closes the socket and tells everybody.
  ///
  /// @param nobodys no thread holds any of its buffers
  private void tearDown(@Nullable IOException failure, boolean nobodys) {
    closed = true;
    Timer pending = timer;
    if (pending != null) {
      loop.timers().cancel(pending);
    }
    wire.close();
    IOException why = failure == null ? new ConnectionClosed() : failure;
    if (writeFailure == null) {
      writeFailure = why;
    }
    inbox.fail(why);
    outbox.dropQueued();
    if (abandoned || nobodys) {
      releaseBuffers();
    }
    connection.signalOwner();
    loop.closed(this);
    run(connection::runCloseAction);
  }

  private void releaseBuffers() {
    inbox.releaseAll();
    outbox.dropTail();
  }

  private void runRestAction() {
    Runnable action = connection.takeRestAction();
    if (action != null && !run(action)) {
      destroy(null);
    }
  }

  /// {@return whether the action succeeded} A user's action must not cost others their events.
  private static boolean run(Runnable action) {
    try {
      action.run();
      return true;
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "an action of a connection failed", e);
      return false;
    }
  }

  /// The owner has closed: once everything is sent the socket is closed, or the peer's end awaited
  /// for a moment. That end may have come already with bytes before it that nobody has read:
  /// closing over those would reset, and destroy the answer on its way (RFC 9112 §9.6).
  private void close(Connection.Linger linger) {
    if (outbox.isDrained() && !blocked) {
      endOutput();
    }
    if (!outbox.isDrained() || blocked) {
      watchStall();
    } else if (linger.bytes() == 0 || writeFailure != null) {
      destroy(null);
    } else {
      linger(linger);
    }
  }

  private void endOutput() {
    wire.endOutput();
    if (writeFailure == null) {
      send();
    }
  }

  private void watchStall() {
    if (sentAtLook < 0) {
      sentAtLook = outbox.sent();
      schedule(loop.now() + Connection.CLOSE_STALL_NANOS);
    }
  }

  private void linger(Connection.Linger linger) {
    try {
      wire.shutdownOutput();
    } catch (IOException e) {
      destroy(e);
      return;
    }
    lingering = true;
    lingerBytes = linger.bytes();
    schedule(TimerWheel.deadlineAfter(loop.now(), linger.nanos()));
    discardInput();
  }

  /// Reads and drops what still comes on a lingering connection, within its bound and the turn's.
  void discardInput() {
    if (closed || !lingering) {
      return;
    }
    Buffer scratch = loop.buffers().takeAlways();
    try {
      discardInto(scratch);
    } catch (IOException e) {
      destroy(e);
    } finally {
      loop.buffers().release(scratch);
    }
  }

  private void discardInto(Buffer scratch) throws IOException {
    for (int left = DISCARD_PER_TURN; left > 0 && lingerBytes > 0; ) {
      int n = wire.discard(scratch);
      if (n == Wire.NOTHING) {
        return;
      }
      if (n == Wire.END) {
        lingerBytes = 0;
      } else {
        lingerBytes -= n;
        left -= n;
      }
    }
    if (lingerBytes > 0) {
      loop.discardLater(this);
    } else {
      destroy(null);
    }
  }

  // --- time ---

  /// Sets the expiry at rest. Event loop or owner.
  void expireAt(long deadline) {
    if (!expiry.set(deadline)) {
      return;
    }
    if (loop.isBound() || loop.inEventLoop()) {
      scheduleExpiry(deadline);
    } else {
      loop.post(() -> scheduleExpiry(deadline));
    }
  }

  private void scheduleExpiry(long deadline) {
    Timer own = timer;
    // A timer that fires too early looks again; and one of the closing is not ours to move.
    if (!abandoned && (own == null || LazyDeadline.mustMove(own, deadline))) {
      schedule(deadline);
    }
  }

  /// Takes the expiry back. Event loop or owner.
  void unexpire() {
    expiry.clear();
  }

  private void schedule(long deadline) {
    if (closed) {
      return;
    }
    Timer own = timer;
    if (own == null) {
      own = new Timer(this::onTimer);
      timer = own;
    }
    loop.timers().schedule(own, deadline);
  }

  /// Idle for too long, stalled for too long while closing, or lingered for too long.
  private void onTimer() {
    if (abandoned) {
      onClosingTimer();
      return;
    }
    long next = expiry.fire(loop.now());
    if (next == LazyDeadline.NEVER) {
      return;
    }
    if (next - loop.now() > 0) {
      scheduleExpiry(next);
    } else {
      endRest();
    }
  }

  private void onClosingTimer() {
    long sent = outbox.sent();
    if (lingering || sent == sentAtLook) {
      destroy(null);
    } else {
      sentAtLook = sent;
      schedule(loop.now() + Connection.CLOSE_STALL_NANOS);
    }
  }

  @Override
  public String toString() {
    return connection.toString();
  }
}
