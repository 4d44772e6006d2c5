// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.timeout.TimerWheel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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
  private final Handoff starved;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ConnectionList connections = new ConnectionList();

  private volatile long now = System.nanoTime();
  private volatile boolean sleeping;
  private volatile boolean stopping;

  /// What the watchdog looks at: when the present turn began (0 = asleep), and who ran last.
  private volatile long turnStart;

  private volatile @Nullable RequestThread running;

  Loop(int index, LoopGroup group, TransportKind kind) {
    this.index = index;
    this.group = group;
    this.bound = !group.options().workStealing();
    this.wanted = new Handoff(bound);
    this.dirty = new Handoff(bound);
    this.starved = new Handoff(true);
    this.buffers =
        bound ? BufferPool.confined(group.bufferBudget()) : BufferPool.shared(group.bufferBudget());
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

  /// {@return the present by this loop's clock} Read once a turn; nanoseconds on the scale of
  /// [System#nanoTime].
  public long now() {
    return now;
  }

  /// {@return the deadline `nanos` from now, [RequestThread#NEVER] for 0 or less (no limit)}
  public long deadlineIn(long nanos) {
    return nanos <= 0 || nanos == RequestThread.NEVER ? RequestThread.NEVER : now + nanos;
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
    if (ended.getCount() == 0) {
      throw new RejectedExecutionException("loop " + index + " has ended");
    }
    tasks.add(task);
    wake();
  }

  /// Starts a request thread here. Any thread may call it.
  public RequestThread spawn(RequestThread.Task task) {
    RequestThread thread = new RequestThread(this, task);
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
    PendingConnect pending = new PendingConnect(thread, spec);
    post(() -> transport.connect(pending));
    return pending.await(deadline);
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
  void opened(Connection connection) {
    connections.add(connection);
    group.onOpened();
  }

  /// A connection has closed. Event-loop thread.
  void closed(Connection connection) {
    connections.remove(connection);
    group.onClosed();
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
  void wantRead(Connection connection) {
    wanted.add(connection);
    wakeIfForeign();
  }

  /// A request thread has something to send.
  void wantFlush(Connection connection) {
    dirty.add(connection);
    wakeIfForeign();
  }

  /// From a request thread of this loop to its event loop.
  void post(Runnable task) {
    tasks.add(task);
    wakeIfForeign();
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
      running = thread;
    }
  }

  void ended(RequestThread thread) {
    if (running == thread) {
      running = null;
    }
  }

  void reportCrash(Throwable e) {
    LOG.log(System.Logger.Level.ERROR, "a request thread of loop " + index + " ended badly", e);
  }

  long turnStart() {
    return turnStart;
  }

  @Nullable RequestThread running() {
    return running;
  }

  @Nullable Carrier carrier() {
    return carrier;
  }

  void stop() {
    stopping = true;
    tasks.add(() -> {});
    wake();
  }

  boolean awaitEnd(long nanos) throws InterruptedException {
    return ended.await(nanos, TimeUnit.NANOSECONDS);
  }

  // --- the event-loop thread ---

  private void run() {
    FastThreadLocalThread.runWithFastThreadLocal(this::turns);
  }

  private void turns() {
    try {
      while (!stopping) {
        turn();
      }
      connections.closeAll();
      turn();
    } catch (Throwable e) { // the root of the thread
      LOG.log(System.Logger.Level.ERROR, "loop " + index + " ended badly", e);
    } finally {
      transport.close();
      var _ = io.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS); // polled below
      while (!io.isTerminated()) {
        io.runNow();
      }
      ended.countDown();
      Carrier own = carrier;
      if (own != null) {
        own.stop();
      }
    }
  }

  private void turn() {
    letRequestThreadsRun();
    runTasks();
    deliverWanted();
    flushDirty();
    timers.advance(now);
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
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a task of loop " + index + " failed", e);
      }
    }
  }

  private void deliverWanted() {
    for (Connection next = wanted.poll(); next != null; next = wanted.poll()) {
      next.deliver();
    }
  }

  private void flushDirty() {
    for (Connection next = dirty.poll(); next != null; next = dirty.poll()) {
      next.flushNow();
    }
  }

  /// A connection found no buffer to read into: it is asked again once a turn.
  void starved(Connection connection) {
    starved.add(connection);
  }

  private void retryStarved() {
    int n = 0;
    for (Connection next = starved.poll(); next != null && n < 64; next = starved.poll(), n++) {
      next.deliver();
    }
  }

  private void poll() {
    if (!starved.isEmpty()) {
      retryStarved();
    }
    long wait = hasWork() ? -1 : timers.nanosUntilNext(now);
    if (wait > 0) {
      turnStart = 0;
      sleeping = true;
      if (hasWork()) {
        wait = -1;
      }
    }
    // ManualIoEventLoop: negative never blocks, 0 blocks without limit.
    long limit = starved.isEmpty() ? wait : Math.min(wait, TimeUnit.MILLISECONDS.toNanos(10));
    io.run(limit <= 0 ? -1 : limit == TimerWheel.NEVER ? 0 : limit);
    sleeping = false;
    now = System.nanoTime();
    turnStart = now;
  }

  private boolean hasWork() {
    Carrier own = carrier;
    return (own != null && own.hasWork())
        || !tasks.isEmpty()
        || !dirty.isEmpty()
        || !wanted.isEmpty()
        || stopping;
  }

  /// Ends the poll when the event loop blocks in it. Called after something was queued.
  private void wake() {
    if (sleeping) {
      io.execute(() -> {});
    }
  }

  private void wakeIfForeign() {
    if (!bound) {
      wake();
    }
  }
}
