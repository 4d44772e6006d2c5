// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.timeout.TimerWheel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One core's worth of server: an event-loop thread, the only caller of Netty, and the request
/// threads of the connections that live here.
///
/// ```
///   poll ─► inboxes filled, threads unparked ─► request threads run
///    ▲                                                │
///    └──── timers ◄─ flush ◄─ late reads ◄─ tasks ◄───┘
/// ```
///
/// In the *bound* flavour all of them are virtual threads of one [Carrier], so they never run at
/// the same time and share plain data. In the *stealing* flavour the event loop is a platform
/// thread and request threads run on the JDK's scheduler; they meet only in inbox, outbox and the
/// queues here.
///
/// Ownership: `timers`, the transport and everything Netty belong to the event-loop thread; `now`
/// is written by it alone.
@SuppressWarnings("ReferenceEquality") // threads are compared by identity on purpose
public final class Loop implements Executor {
  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  /// Rounds of request threads between two polls: a bound on how long the network waits.
  private static final int MAX_ROUNDS = 64;

  /// Tasks, late reads and flushes a turn, of each kind; the rest waits for the next turn.
  private static final int MAX_PER_TURN = 1024;

  /// Turns that may fail in a row before the loop gives up.
  private static final int MAX_FAILED_TURNS = 100;

  /// Longest sleep while connections wait for a buffer, or the loop for its threads to end.
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /// How long an ending loop waits for cancelled request threads before it interrupts them, and
  /// before it leaves them to themselves.
  private static final long INTERRUPT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long END_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final int index;
  private final LoopGroup group;
  private final boolean bound;
  private final @Nullable Carrier carrier;
  private final Thread eventLoopThread;
  private final Thread.Builder.OfVirtual threads;
  private final ManualIoEventLoop io;
  private final Transport transport;
  private final BufferPool buffers;
  private final TimerWheel timers;

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Handoff wanted;
  private final Handoff dirty;
  private final ArrayDeque<ConnectionIo> starved = new ArrayDeque<>();
  private final ArrayDeque<ConnectionIo> discarding = new ArrayDeque<>();
  private final ThreadList requestThreads = new ThreadList();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ConnectionList connections = new ConnectionList();

  private volatile long now = System.nanoTime();

  /// The event loop sleeps in its poll, or is about to.
  private final SleepFlag sleep = new SleepFlag();

  private volatile boolean stopping;
  private int failedTurns;

  /// What the watchdog looks at: when the present turn began (0 = asleep), and who ran last.
  private volatile long turnStart;

  /// Written opaquely, see [RequestThread#phase].
  private final AtomicReference<@Nullable RequestThread> running = new AtomicReference<>();

  Loop(int index, LoopGroup group, TransportKind kind) {
    this.index = index;
    this.group = group;
    this.bound = !group.options().workStealing();
    this.wanted = new Handoff(bound);
    this.dirty = new Handoff(bound);
    int kept = BufferPool.keptPerLoop(group.options());
    this.buffers =
        bound
            ? BufferPool.confined(group.bufferBudget(), kept)
            : BufferPool.shared(group.bufferBudget(), kept);
    this.timers = new TimerWheel(now);
    String name = group.options().name() + "-loop-" + index;
    if (bound) {
      Carrier own = new Carrier(name, this::wake);
      carrier = own;
      threads = BoundThreads.builder(own);
      eventLoopThread = threads.unstarted(this::run);
    } else {
      carrier = null;
      threads = Thread.ofVirtual().inheritInheritableThreadLocals(false);
      eventLoopThread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }
    IoHandlerFactory factory = kind.ioHandlerFactory();
    this.io = new ManualIoEventLoop(eventLoopThread, factory);
    this.transport = kind.transport(this);
  }

  void start() {
    Carrier own = carrier;
    if (own != null) {
      own.start(eventLoopThread);
    } else {
      eventLoopThread.start();
    }
  }

  // --- for everybody ---

  public int index() {
    return index;
  }

  /// {@return the present by this loop's clock} Read once a turn, so never ahead and sometimes
  /// behind; nanoseconds on the scale of [System#nanoTime].
  public long now() {
    return now;
  }

  /// {@return the deadline `nanos` from now, [RequestThread#NEVER] for 0 or less (no limit)}
  ///
  /// Counts from the true present and not from [#now], which lags in a turn that takes long: a
  /// deadline made then would pass early.
  public long deadlineIn(long nanos) {
    return nanos <= 0 || nanos == RequestThread.NEVER
        ? RequestThread.NEVER
        : TimerWheel.deadlineAfter(System.nanoTime(), nanos);
  }

  /// {@return whether all I/O buffers are in use: new work would only wait for one}
  public boolean isShortOfBuffers() {
    return buffers.isSpent();
  }

  /// {@return whether request threads share one OS thread with the event loop}
  public boolean isBound() {
    return bound;
  }

  public LoopGroup group() {
    return group;
  }

  /// Runs a task on the event-loop thread, soon. Any thread may call it; the task must not block.
  ///
  /// @throws RejectedExecutionException when the loop has ended
  @Override
  public void execute(Runnable task) {
    if (!post(task)) {
      throw new RejectedExecutionException("loop " + index + " has ended");
    }
  }

  /// Starts a request thread here. Any thread may call it. On a loop that is ending it starts
  /// cancelled.
  public RequestThread spawn(RequestThread.Task task) {
    RequestThread thread = new RequestThread(this, task);
    if (!requestThreads.add(thread)) {
      thread.cancel();
    }
    thread.start();
    return thread;
  }

  /// {@return the timers of this loop} For its event-loop thread and, when bound, its request
  /// threads.
  public TimerWheel timers() {
    return timers;
  }

  /// Opens a connection from a request thread of this loop, which waits for it.
  ///
  /// @param deadline on the scale of [#now]
  /// @throws ProxyException of a CONNECT kind, source UPSTREAM
  public Connection connect(RequestThread thread, ConnectSpec spec, long deadline)
      throws ProxyException {
    return startConnect(thread, spec).await(deadline);
  }

  /// Starts to open a connection for a request thread of this loop, which is signalled when that
  /// has ended.
  ///
  /// @throws ProxyException CANCELLED, when the loop has ended
  public PendingConnect startConnect(RequestThread thread, ConnectSpec spec) throws ProxyException {
    PendingConnect pending = new PendingConnect(thread, spec);
    if (!post(() -> transport.connect(pending))) {
      throw ProxyException.internal(ErrorKind.CANCELLED, "the loop has ended");
    }
    return pending;
  }

  /// {@return connections that live on this loop now} Event-loop thread only.
  public int connectionCount() {
    return connections.size();
  }

  // --- for the package ---

  Thread newThread(Runnable body) {
    return threads.unstarted(body);
  }

  BufferPool buffers() {
    return buffers;
  }

  ManualIoEventLoop io() {
    return io;
  }

  Transport transport() {
    return transport;
  }

  /// A connection begins to live here. Event-loop thread.
  void opened(ConnectionIo connection) {
    connections.add(connection);
    group.onOpened();
    if (stopping) {
      connection.destroy(null);
    }
  }

  /// A connection has closed. Event-loop thread.
  void closed(ConnectionIo connection) {
    connections.remove(connection);
    group.onClosed();
  }

  /// {@return whether no request thread lives here} Any thread.
  boolean isWithoutThreads() {
    return requestThreads.isEmpty();
  }

  /// {@return whether the server stops: no connection stays at rest} Any thread.
  boolean isQuiescing() {
    return group.isQuiescing();
  }

  ConnectionList connections() {
    return connections;
  }

  Thread eventLoopThread() {
    return eventLoopThread;
  }

  boolean inEventLoop() {
    return Thread.currentThread() == eventLoopThread;
  }

  /// A request thread asks for bytes that the socket may have already.
  void wantRead(ConnectionIo connection) {
    wanted.add(connection);
    wake();
  }

  /// A request thread has something to send.
  void wantFlush(ConnectionIo connection) {
    dirty.add(connection);
    wake();
  }

  /// A connection found no buffer to read into: it is asked again once a turn. Event-loop thread.
  void starved(ConnectionIo connection) {
    starved.add(connection);
  }

  /// A lingering connection has used its share of this turn. Event-loop thread.
  void discardLater(ConnectionIo connection) {
    discarding.add(connection);
  }

  /// Runs a task on the event-loop thread, unless the loop has ended.
  ///
  /// @return false when the loop has ended, and the task will not run
  boolean post(Runnable task) {
    if (ended.getCount() == 0) {
      return false;
    }
    tasks.add(task);
    if (ended.getCount() == 0 && tasks.remove(task)) {
      return false; // the last look at the queue was before it came
    }
    wake();
    return true;
  }

  void offload(Runnable work) throws ProxyException {
    try {
      group.offloadThreads().execute(work);
    } catch (RejectedExecutionException e) {
      throw ProxyException.internal(ErrorKind.OVER_LIMIT, "too much offloaded work");
    }
  }

  void running(RequestThread thread) {
    if (bound) {
      running.setOpaque(thread);
      if (turnStart == 0) {
        turnStart =
            System.nanoTime(); // the JDK's selector parks: threads run while the loop sleeps
      }
    }
  }

  void ended(RequestThread thread) {
    if (running.getOpaque() == thread) {
      running.setOpaque(null);
    }
    requestThreads.remove(thread);
  }

  void reportCrash(Throwable e) {
    LOG.log(System.Logger.Level.ERROR, "a request thread of loop " + index + " ended badly", e);
  }

  long turnStart() {
    return turnStart;
  }

  @Nullable RequestThread running() {
    return running.getOpaque();
  }

  @Nullable Carrier carrier() {
    return carrier;
  }

  /// Asks the loop to end: request threads are cancelled, connections closed. Any thread.
  void stop() {
    stopping = true;
    wake();
  }

  /// {@return whether all threads of the loop have ended in time}
  boolean awaitEnd(long nanos) throws InterruptedException {
    long start = System.nanoTime();
    if (!ended.await(nanos, TimeUnit.NANOSECONDS)) {
      return false;
    }
    Thread last = carrier == null ? eventLoopThread : carrier.thread();
    long left = Math.max(nanos - (System.nanoTime() - start), TimeUnit.MILLISECONDS.toNanos(1));
    return last.join(Duration.ofNanos(left));
  }

  // --- the event-loop thread ---

  private void run() {
    FastThreadLocalThread.runWithFastThreadLocal(this::live);
  }

  private void live() {
    try {
      now = System.nanoTime();
      turnStart = now;
      while (!stopping) {
        turnSafely();
      }
      endRequestThreads();
    } catch (Throwable e) { // the root of the thread
      LOG.log(System.Logger.Level.ERROR, "loop " + index + " ended badly", e);
    } finally {
      release();
    }
  }

  /// One failed turn, whatever the reason, must not end the service of all connections.
  private void turnSafely() {
    try {
      turn();
      failedTurns = 0;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      LOG.log(System.Logger.Level.ERROR, "a turn of loop " + index + " failed", e);
      if (++failedTurns > MAX_FAILED_TURNS) {
        throw e;
      }
    }
  }

  private void turn() {
    letRequestThreadsRun();
    runTasks();
    deliverWanted();
    flushDirty();
    if (!discarding.isEmpty()) {
      discardMore();
    }
    timers.advance(now);
    if (!starved.isEmpty()) {
      retryStarved();
    }
    poll();
  }

  /// Yields as long as something is queued, within a bound.
  @SuppressWarnings(
      "ThreadPriorityCheck") // our own scheduler: a yield goes to the end of its queue
  private void letRequestThreadsRun() {
    Carrier own = carrier;
    for (int round = 0; own != null && own.hasWork() && round < MAX_ROUNDS; round++) {
      Thread.yield();
    }
  }

  private void runTasks() {
    for (int left = MAX_PER_TURN; left > 0; left--) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a task of loop " + index + " failed", e);
      }
    }
  }

  private void deliverWanted() {
    for (int left = MAX_PER_TURN; left > 0; left--) {
      ConnectionIo next = wanted.poll();
      if (next == null) {
        return;
      }
      try {
        next.deliver();
      } catch (RuntimeException e) {
        fail(next, e);
      }
    }
  }

  private void flushDirty() {
    for (int left = MAX_PER_TURN; left > 0; left--) {
      ConnectionIo next = dirty.poll();
      if (next == null) {
        return;
      }
      try {
        next.flushNow();
      } catch (RuntimeException e) {
        fail(next, e);
      }
    }
  }

  /// A fault of ours, or of the transport's: it costs this connection and no other.
  private void fail(ConnectionIo connection, RuntimeException fault) {
    LOG.log(System.Logger.Level.ERROR, "serving " + connection + " failed", fault);
    connection.destroy(new IOException(fault));
  }

  /// Each connection of the list once: those that are not done yet queue themselves again.
  private void discardMore() {
    for (int left = discarding.size(); left > 0; left--) {
      discarding.remove().discardInput();
    }
  }

  private void retryStarved() {
    for (int left = starved.size(); left > 0; left--) {
      ConnectionIo next = starved.remove();
      next.retryStarved();
    }
  }

  private void poll() {
    long wait = waitNanos();
    if (wait > 0) {
      turnStart = 0;
      sleep.lieDown();
      if (hasWork() || stopping) {
        wait = 0;
      }
    }
    // ManualIoEventLoop: negative never blocks, 0 blocks without limit.
    io.run(wait <= 0 ? -1 : wait == TimerWheel.NEVER ? 0 : wait);
    sleep.getUp();
    now = System.nanoTime();
    turnStart = now;
  }

  /// {@return how long the loop may sleep now; [TimerWheel#NEVER] = until something happens}
  private long waitNanos() {
    if (hasWork()) {
      return 0;
    }
    long wait = timers.nanosUntilNext(now);
    return stopping || !starved.isEmpty() ? Math.min(wait, RETRY_NANOS) : wait;
  }

  private boolean hasWork() {
    Carrier own = carrier;
    return (own != null && own.hasWork())
        || !tasks.isEmpty()
        || !dirty.isEmpty()
        || !wanted.isEmpty()
        || !discarding.isEmpty();
  }

  /// Ends the poll if the event loop sleeps in it. Called after something was queued, by any
  /// thread.
  ///
  /// A task, and not a mere wake-up: Netty forgets a wake-up that comes before it has begun to
  /// wait, but looks for tasks once more.
  private void wake() {
    if (sleep.take()) {
      io.execute(Loop::wakeUp);
    }
  }

  private static void wakeUp() {}

  // --- the end ---

  /// Cancels the request threads and serves them until they have unwound, within a bound; those
  /// that wait for something else than [RequestThread#await] are interrupted after a while.
  private void endRequestThreads() {
    long begun = System.nanoTime();
    boolean interrupted = false;
    requestThreads.cancelAll();
    connections.closeAll();
    while (!requestThreads.isEmpty() && now - begun < END_NANOS) {
      turn();
      if (!interrupted && now - begun > INTERRUPT_NANOS) {
        interrupted = true;
        requestThreads.interruptAll();
      }
    }
    turn(); // what they left behind
    connections.closeAll();
  }

  private void release() {
    transport.close();
    long begun = System.nanoTime();
    while (!transport.isClosed() && System.nanoTime() - begun < INTERRUPT_NANOS) {
      io.run(TimeUnit.MILLISECONDS.toNanos(1));
    }
    io.runNow(); // takes a wake-up that was written already; the shutdown would wait a second for
    // it
    var _ = io.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS); // polled below
    while (!io.isTerminated()) {
      io.runNow();
    }
    ended.countDown();
    while (!tasks.isEmpty()) {
      runTasks(); // those that came before `ended` was seen
    }
    Carrier own = carrier;
    if (own != null) {
      own.stop();
    }
  }
}
