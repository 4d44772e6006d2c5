// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Names what stalls a loop: a turn that lasts longer than 100 ms, with the phase that the running
/// request thread is in and the top of its stack. One line a second at most, per server.
///
/// One daemon thread that only reads volatile fields of the loops. An idle loop is asleep in its
/// poll and never looks stalled.
final class Watchdog {
  static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int FRAMES = 6;

  private final List<Loop> loops;
  private final Consumer<String> report;
  private final Thread thread;
  private volatile boolean stopped;
  private long quietUntil;

  /// @param report takes the lines
  Watchdog(String name, List<Loop> loops, Consumer<String> report) {
    this.loops = loops;
    this.report = report;
    this.thread = Thread.ofPlatform().name(name + "-watchdog").daemon(true).unstarted(this::watch);
    this.quietUntil = System.nanoTime();
  }

  void start() {
    thread.start();
  }

  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  private void watch() {
    while (!stopped) {
      LockSupport.parkNanos(this, anyAwake() ? LOOK_NANOS : 4 * LOOK_NANOS);
      look(System.nanoTime());
    }
  }

  /// Reports the first loop that is stalled, unless another was a moment ago.
  ///
  /// @param now on the scale of [System#nanoTime]
  void look(long now) {
    for (Loop loop : loops) {
      long start = loop.turnStart();
      if (start != 0 && now - start > STALL_NANOS && now - quietUntil >= 0) {
        quietUntil = now + QUIET_NANOS;
        report.accept(describe(loop, now - start));
      }
    }
  }

  private boolean anyAwake() {
    for (Loop loop : loops) {
      if (loop.turnStart() != 0) {
        return true;
      }
    }
    return false;
  }

  static String describe(Loop loop, long nanos) {
    StringBuilder line = new StringBuilder("loop ").append(loop.index()).append(" is stalled for ");
    line.append(TimeUnit.NANOSECONDS.toMillis(nanos)).append(" ms");
    RequestThread running = loop.running();
    // One that waits does not stall anybody: the event loop itself, or the machine, does.
    boolean guilty = running != null && running.thread().getState() == Thread.State.RUNNABLE;
    if (running != null && guilty) {
      line.append(" by ").append(running.phase());
      appendStack(line, running.thread());
    } else {
      appendStack(line, loop.eventLoopThread());
    }
    return line.append(" (expected: waiting work in session.offload(…))").toString();
  }

  private static void appendStack(StringBuilder line, Thread stalled) {
    String separator = " at ";
    StackTraceElement[] stack = stalled.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, stack.length); i++) {
      line.append(separator).append(stack[i]);
      separator = " < ";
    }
  }
}
