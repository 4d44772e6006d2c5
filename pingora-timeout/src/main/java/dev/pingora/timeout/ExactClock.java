// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Alarms by the scheduler of the JDK: no coarser than a thread wakes up, but a lock, a heap and
/// mostly a thread switch for every alarm.
final class ExactClock implements AlarmClock {
  private final ScheduledThreadPoolExecutor executor;

  ExactClock() {
    executor =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("pingora-exact-timer").unstarted(task));
    executor.setRemoveOnCancelPolicy(true);
    // The thread ends when it has nothing to do, so that nobody need close this clock.
    executor.setKeepAliveTime(ClockThread.LINGER.toNanos(), TimeUnit.NANOSECONDS);
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void arm(Alarm alarm) {
    alarm.compareAndSetState(Alarm.QUEUED, Alarm.SCHEDULED);
    long delay = alarm.deadlineNanos - System.nanoTime();
    alarm.scheduled = executor.schedule(alarm::fire, delay, TimeUnit.NANOSECONDS);
  }

  @Override
  public boolean disarm(Alarm alarm) {
    int left = alarm.finish();
    if (left == Alarm.SCHEDULED && alarm.scheduled != null) {
      alarm.scheduled.cancel(false);
    }
    return left == Alarm.FIRED;
  }
}
