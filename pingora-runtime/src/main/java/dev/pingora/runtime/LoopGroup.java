// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.lang.System.Logger.Level.WARNING;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The loops of one server, shared by all its services, with the threads for offloaded work and the
/// watchdog. Thread-safe.
public final class LoopGroup implements AutoCloseable {
  /// Pieces of offloaded work that may wait for a thread; above it [RequestThread#offload] fails.
  static final int MAX_OFFLOAD_QUEUE = 10_000;

  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  private final LoopGroupOptions options;
  private final BufferBudget bufferBudget;
  private final List<Loop> loops;
  private final ThreadPoolExecutor offloadThreads;
  private final Watchdog watchdog;
  private final AtomicInteger connectionCount = new AtomicInteger();
  private volatile @Nullable Runnable onConnectionClosed;
  private volatile boolean quiescing;

  private LoopGroup(LoopGroupOptions options) {
    this.options = options;
    this.bufferBudget = new BufferBudget(options.bufferedBytes());
    TransportKind kind = options.transport().resolve();
    this.offloadThreads = offloadThreads(options);
    this.loops = create(kind);
    this.watchdog = new Watchdog(options.name(), loops, line -> LOG.log(WARNING, line));
  }

  private List<Loop> create(TransportKind kind) {
    List<Loop> created = new ArrayList<>();
    try {
      for (int i = 0; i < options.loops(); i++) {
        created.add(new Loop(i, this, kind));
      }
      return List.copyOf(created);
    } catch (RuntimeException e) {
      created.forEach(Loop::start); // only its own thread may close a loop's descriptors
      created.forEach(Loop::stop);
      throw e;
    }
  }

  /// Starts the loops.
  ///
  /// @throws IllegalStateException when the transport, or threads bound to loops, are out of reach;
  ///   the message says what is expected
  public static LoopGroup open(LoopGroupOptions options) {
    LoopGroup group = new LoopGroup(options);
    group.loops.forEach(Loop::start);
    group.watchdog.start();
    return group;
  }

  public LoopGroupOptions options() {
    return options;
  }

  public List<Loop> loops() {
    return loops;
  }

  public BufferBudget bufferBudget() {
    return bufferBudget;
  }

  /// Listens on an address: one socket per loop when the system can share the port, else one loop
  /// accepts and all serve.
  ///
  /// @throws ProxyException BIND_ERROR, its text names the address and the reason
  public Listening listen(ListenSpec spec, OnAccept onAccept) throws ProxyException {
    boolean perLoop =
        spec.reusePort()
            && options.transport().sharesPorts()
            && !(spec.address() instanceof UnixDomainSocketAddress);
    List<Listening.Part> parts = new ArrayList<>();
    try {
      if (perLoop) {
        refuseIfTaken(spec.address());
      }
      ListenSpec bound = spec;
      for (Loop loop : perLoop ? loops : loops.subList(0, 1)) {
        Transport.Acceptor acceptor = listenOn(loop, bound, perLoop, onAccept);
        parts.add(new Listening.Part(loop, acceptor));
        bound = spec.withAddress(acceptor.localAddress());
      }
      return new Listening(parts);
    } catch (IOException e) {
      new Listening(parts).close();
      throw ProxyException.explain(
          ErrorKind.BIND_ERROR, e, "cannot listen on %s", text(spec.address()));
    }
  }

  /// SO_REUSEPORT would let two processes of one user share the port in silence. A socket without
  /// it is told that the address is in use.
  private static void refuseIfTaken(SocketAddress address) throws IOException {
    try (Socket probe = new Socket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    }
  }

  private Transport.Acceptor listenOn(
      Loop loop, ListenSpec spec, boolean ownOnly, OnAccept onAccept) throws IOException {
    List<Loop> serving = ownOnly ? List.of(loop) : loops;
    return callOn(loop, () -> loop.transport().listen(spec, serving, onAccept));
  }

  private interface Call<T> {
    T call() throws IOException;
  }

  /// Runs a call on the event-loop thread and waits for it. Not to be called by a loop's threads.
  private static <T> T callOn(Loop loop, Call<T> call) throws IOException {
    CountDownLatch done = new CountDownLatch(1);
    List<T> result = new ArrayList<>(1);
    List<IOException> failure = new ArrayList<>(1);
    loop.execute(() -> {
      try {
        result.add(call.call());
      } catch (IOException e) {
        failure.add(e);
      } catch (RuntimeException e) {
        failure.add(new IOException(e));
      } finally {
        done.countDown();
      }
    });
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a loop was asked", e);
    }
    if (!failure.isEmpty()) {
      throw failure.getFirst();
    }
    return result.getFirst();
  }

  /// {@return open connections of all loops, both directions}
  public int connectionCount() {
    return connectionCount.get();
  }

  /// Calls `action` on the closing connection's event-loop thread whenever one has closed.
  public void onConnectionClosed(Runnable action) {
    onConnectionClosed = action;
  }

  void onOpened() {
    connectionCount.incrementAndGet();
  }

  void onClosed() {
    connectionCount.decrementAndGet();
    Runnable action = onConnectionClosed;
    if (action != null) {
      try {
        action.run();
      } catch (RuntimeException e) { // must not keep the connection from closing
        LOG.log(System.Logger.Level.ERROR, "an action for closed connections failed", e);
      }
    }
  }

  boolean isQuiescing() {
    return quiescing;
  }

  ThreadPoolExecutor offloadThreads() {
    return offloadThreads;
  }

  /// Closes the connections at rest, now and from now on, and wakes the owners of all others, which
  /// learn that the server stops. Returns at once.
  public void quiesce() {
    quiescing = true; // first: whoever goes to rest from here on sees it
    loops.forEach(loop -> loop.post(loop.connections()::quiesceAll));
  }

  /// Closes every connection, cancels every request thread and ends every thread. Waits a few
  /// seconds at most for those that do not heed it. Not for the threads of a loop, which would wait
  /// for themselves.
  @Override
  public void close() {
    watchdog.stop();
    loops.forEach(Loop::stop);
    offloadThreads.shutdownNow();
    long begun = System.nanoTime();
    try {
      for (Loop loop : loops) {
        long left = Math.max(0, CLOSE_NANOS - (System.nanoTime() - begun));
        if (!loop.awaitEnd(left)) {
          LOG.log(WARNING, "loop {0} does not end", loop.index());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadPoolExecutor offloadThreads(LoopGroupOptions options) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            options.maxOffloadThreads(),
            options.maxOffloadThreads(),
            options.offloadIdleNanos(),
            TimeUnit.NANOSECONDS,
            new LinkedBlockingQueue<>(MAX_OFFLOAD_QUEUE),
            Thread.ofPlatform().name(options.name() + "-offload-", 0).daemon(true).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
        : "unix:" + address;
  }
}
