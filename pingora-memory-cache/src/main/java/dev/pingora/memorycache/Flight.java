// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One load of one key, and those who wait for it.
///
/// ```
///  running ──► landed     a value
///          ├─► failed     what the loader threw
///          └─► abandoned  its thread was interrupted: whoever waits starts over
/// ```
///
/// The outcome is written before the latch opens and read after, which orders the two.
@SuppressWarnings("ReferenceEquality") // threads are compared by identity on purpose
final class Flight<V> {
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread leader = Thread.currentThread();
  private final long startedAt;
  private @Nullable V value;
  private @Nullable Throwable failure;

  Flight(long startedAt) {
    this.startedAt = startedAt;
  }

  /// {@return whether the calling thread is the one that loads, and would wait for itself}
  boolean isOwn() {
    return leader == Thread.currentThread();
  }

  boolean isOlderThan(@Nullable Duration age, long now) {
    return age != null
        && now - startedAt >= 0
        && Duration.ofNanos(now - startedAt).compareTo(age) > 0;
  }

  void land(V result) {
    value = result;
    over.countDown();
  }

  void fail(Throwable cause) {
    failure = cause;
    over.countDown();
  }

  void abandon() {
    over.countDown();
  }

  /// {@return whether it was over in time}
  boolean await(Duration timeout) throws InterruptedException {
    return over.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
  }

  /// {@return the value, null unless it landed}
  @Nullable V value() {
    return value;
  }

  /// {@return what it failed of, null unless it did}
  @Nullable Throwable failure() {
    return failure;
  }
}
