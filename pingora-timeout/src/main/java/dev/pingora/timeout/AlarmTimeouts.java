// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Timeouts by alarms: one that unparks a sleeper, or interrupts a call.
final class AlarmTimeouts implements Timeouts {
  /// The alarm of the innermost call around the current code, so that nested calls do not swallow
  /// each other's interrupts.
  private static final ScopedValue<Alarm> INNERMOST = ScopedValue.newInstance();

  private final AlarmClock clock;

  AlarmTimeouts(AlarmClock clock) {
    this.clock = clock;
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!duration.isPositive()) {
      return;
    }
    Alarm alarm = new Alarm(deadline(duration), false, null);
    clock.arm(alarm);
    while (!alarm.hasFired()) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        clock.disarm(alarm);
        throw new InterruptedException();
      }
    }
  }

  @Override
  public <T extends @Nullable Object> T call(Duration limit, Callable<T> work) throws Exception {
    Alarm outer = INNERMOST.isBound() ? INNERMOST.get() : null;
    Alarm alarm = new Alarm(deadline(limit), true, outer);
    clock.arm(alarm);
    try {
      return ScopedValue.where(INNERMOST, alarm).call(work::call);
    } catch (Exception e) {
      throw clock.disarm(alarm) ? new Elapsed(limit, e) : e;
    } finally {
      if (clock.disarm(alarm)) {
        clearInterrupt(alarm);
      }
    }
  }

  /// Takes back the interrupt of `alarm`. If an outer call's has come too, one flag stood for both:
  /// it is set again.
  private static void clearInterrupt(Alarm alarm) {
    Thread.interrupted();
    for (Alarm outer = alarm.outer; outer != null; outer = outer.outer) {
      if (outer.isFiringOrHasFired()) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private long deadline(Duration duration) {
    // convert() saturates where Duration.toNanos() overflows.
    long nanos = TimeUnit.NANOSECONDS.convert(duration);
    return TimerWheel.deadlineAfter(clock.nanoTime(), nanos);
  }
}
