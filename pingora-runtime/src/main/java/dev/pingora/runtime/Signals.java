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

  private static final int SIG_BLOCK = 0;
  private static final int CLOEXEC = 0x80000;
  private static final short POLLIN = 1;
  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  private final Set<Signal> heard;
  private final Consumer<Signal> listener;
  private final int signals;
  private final int stop;
  private final @Nullable Thread thread;

  private Signals(Set<Signal> heard, Consumer<Signal> listener, int signals, int stop) {
    this.heard = heard;
    this.listener = listener;
    this.signals = signals;
    this.stop = stop;
    this.thread =
        heard.isEmpty()
            ? null
            : Thread.ofPlatform().name("signals").daemon(true).unstarted(this::read);
  }

  /// Calls `listener` with every signal that comes from here on, one after the other, on a thread
  /// of its own. Signals that were pending come first.
  public static Signals listen(Consumer<Signal> listener) {
    Signals listening = open(listener);
    Thread reader = listening.thread;
    if (reader != null) {
      reader.start();
    }
    return listening;
  }

  /// {@return the signals that can be listened to: those that were blocked when the JVM started}
  public static Set<Signal> available() {
    try {
      return LibC.isLinux() ? blocked() : Set.of();
    } catch (UnsupportedOperationException | IllegalCallerException | LinkageError e) {
      return Set.of(); // no such call, or native access was denied
    }
  }

  /// {@return the signals that come here; those missing were not blocked}
  public Set<Signal> heard() {
    return heard;
  }

  private static Signals open(Consumer<Signal> listener) {
    Set<Signal> heard = available();
    if (heard.isEmpty()) {
      return new Signals(heard, listener, -1, -1);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(SIGSET_BYTES, Long.BYTES);
      LibC.sigemptyset(set);
      heard.forEach(signal -> LibC.sigaddset(set, signal.number()));
      int signals = LibC.signalfd(-1, set, CLOEXEC);
      int stop = LibC.eventfd(0, CLOEXEC);
      if (signals < 0 || stop < 0) {
        closeBoth(signals, stop);
        LOG.log(System.Logger.Level.WARNING, "no descriptor is left to listen to signals");
        return new Signals(Set.of(), listener, -1, -1);
      }
      return new Signals(heard, listener, signals, stop);
    }
  }

  private static Set<Signal> blocked() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(SIGSET_BYTES, Long.BYTES);
      LibC.sigemptyset(mask);
      if (LibC.pthreadSigmask(SIG_BLOCK, MemorySegment.NULL, mask) != 0) {
        return Set.of();
      }
      Set<Signal> blocked = EnumSet.noneOf(Signal.class);
      for (Signal signal : Signal.values()) {
        if (LibC.sigismember(mask, signal.number()) == 1) {
          blocked.add(signal);
        }
      }
      return Collections.unmodifiableSet(blocked);
    }
  }

  /// The thread: waits for a signal or the end.
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
      closeBoth(signals, stop);
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

  private static void closeBoth(int signals, int stop) {
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
    if (reader == null || !reader.isAlive()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(JAVA_LONG);
      one.set(JAVA_LONG, 0, 1);
      LibC.write(stop, one);
    }
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
