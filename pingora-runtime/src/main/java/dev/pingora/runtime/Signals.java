// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Listens to signals, QUIT among them, which the JVM keeps from every other door.
///
/// How: whoever starts the JVM blocks the signals (`env --block-signal=QUIT,TERM,INT,HUP,USR1 java
/// -Xrs …`). All threads inherit that, so the kernel keeps the signals pending, and one thread here
/// reads them from a signalfd(2). With `-Xrs` the JVM leaves the signals alone; thread dumps are
/// had by `jcmd`. Linux only.
///
/// Signals that are not blocked are not heard ([#heard] says which are); they do what the JVM makes
/// of them: TERM, INT and HUP run shutdown hooks, which are the application's affair. Two listeners
/// at a time would take signals from each other.
public final class Signals implements AutoCloseable {
  /// Room for a sigset_t, whatever the C library: 1024 bits.
  private static final long SIGSET_BYTES = 128;

  /// sizeof(struct signalfd_siginfo); its first field is the number.
  private static final long SIGINFO_BYTES = 128;

  private static final int CLOEXEC = 0x80000;
  private static final short POLLIN = 1;
  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  private final Set<Signal> heard;
  private final Consumer<Signal> listener;
  private final @Nullable Thread thread;

  /// Counted down when the thread has its descriptors, or could not get them.
  private final CountDownLatch opened = new CountDownLatch(1);

  // The thread's, and for others once `opened`; -1 for none.
  private int signals = -1;
  private int stop = -1;

  private Signals(Set<Signal> heard, Consumer<Signal> listener) {
    this.heard = heard;
    this.listener = listener;
    this.thread =
        heard.isEmpty()
            ? null
            : Thread.ofPlatform().name("signals").daemon(true).unstarted(this::run);
  }

  /// Calls `listener` with every signal that comes from here on, one after the other, on a thread
  /// of its own. Signals that were pending come first.
  public static Signals listen(Consumer<Signal> listener) {
    Signals listening = new Signals(available(), listener);
    Thread reader = listening.thread;
    if (reader != null) {
      reader.start();
    }
    return listening;
  }

  /// {@return the signals that can be listened to: those that were blocked when the JVM started}
  public static Set<Signal> available() {
    String mask = ProcFile.value("/proc/thread-self/status", "SigBlk:");
    if (mask == null) {
      return Set.of(); // not Linux: no signalfd either
    }
    long blocked = Long.parseUnsignedLong(mask, 16); // bit 0 is signal 1
    Set<Signal> available = EnumSet.noneOf(Signal.class);
    for (Signal signal : Signal.values()) {
      if ((blocked >>> (signal.number() - 1) & 1) != 0) {
        available.add(signal);
      }
    }
    return Collections.unmodifiableSet(available);
  }

  /// {@return the signals that come here; those missing were not blocked}
  public Set<Signal> heard() {
    return heard;
  }

  /// The thread. It makes the calls into the C library from the first on, which take long the first
  /// time: whoever starts does not wait for them.
  private void run() {
    try {
      open();
    } catch (UnsupportedOperationException | IllegalCallerException | LinkageError e) {
      LOG.log(System.Logger.Level.WARNING, "signals cannot be read: {0}", e.toString());
    } finally {
      opened.countDown();
    }
    if (signals >= 0 && stop >= 0) {
      read();
    } else {
      closeBoth();
    }
  }

  private void open() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(SIGSET_BYTES, Long.BYTES);
      LibC.sigemptyset(set);
      heard.forEach(signal -> LibC.sigaddset(set, signal.number()));
      signals = LibC.signalfd(-1, set, CLOEXEC);
      stop = LibC.eventfd(0, CLOEXEC);
      if (signals < 0 || stop < 0) {
        LOG.log(System.Logger.Level.WARNING, "no descriptor is left to listen to signals");
      }
    }
  }

  /// Waits for a signal or the end.
  private void read() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate(16, 4); // two structs pollfd: int, short, short
      MemorySegment info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
      polled.set(JAVA_INT, 0, signals);
      polled.set(JAVA_SHORT, 4, POLLIN);
      polled.set(JAVA_INT, 8, stop);
      polled.set(JAVA_SHORT, 12, POLLIN);
      while (true) {
        polled.set(JAVA_SHORT, 6, (short) 0);
        polled.set(JAVA_SHORT, 14, (short) 0);
        int ready = LibC.poll(polled, 2, -1); // below 0: interrupted, look again
        if (ready > 0 && polled.get(JAVA_SHORT, 14) != 0) {
          return;
        }
        if (ready > 0 && LibC.read(signals, info) == SIGINFO_BYTES) {
          tell(Signal.of(info.get(JAVA_INT, 0)));
        }
      }
    } finally {
      closeBoth();
    }
  }

  private void tell(@Nullable Signal signal) {
    if (signal == null) {
      return;
    }
    try {
      listener.accept(signal);
    } catch (RuntimeException e) { // the next signal may be the one that stops the server
      LOG.log(System.Logger.Level.ERROR, "the listener failed on SIG" + signal, e);
    }
  }

  private void closeBoth() {
    if (signals >= 0) {
      LibC.close(signals);
    }
    if (stop >= 0) {
      LibC.close(stop);
    }
  }

  /// Stops listening; signals stay blocked, and pending from here on. Not for the listener itself.
  @Override
  public void close() {
    Thread reader = thread;
    if (reader == null) {
      return;
    }
    try {
      opened.await();
      if (reader.isAlive() && stop >= 0) {
        wake();
        reader.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(JAVA_LONG);
      one.set(JAVA_LONG, 0, 1);
      LibC.write(stop, one);
    }
  }
}
