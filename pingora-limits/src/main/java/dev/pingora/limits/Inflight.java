// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Counts what is under way for each key: requests of a client, connections to a backend.
///
/// **Idea.** An [Estimator] whose additions are undone when a guard closes.
///
/// **Invariant.** A guard subtracts exactly what it added, once, whoever closes it how often. So no
/// count is below what is open, and a limit on it holds for certain; strangers in the same cells
/// can only make it stricter, and only as long as they last. What would take a cell past 2⁶², which
/// is where an [Estimator] saturates, is refused instead, because it could not be subtracted.
///
/// **Cost.** Constant memory (256 KiB by default); two atomic additions a row for each guard, which
/// is the only allocation. Any thread may call anything, and a guard may close on another thread
/// than it was made on.
///
/// {@snippet :
/// try (Inflight.Guard guard = inflight.incr(client, 1)) {
///   if (guard.count() > 100) { return tooMany(); }
///   serve();
/// }
/// }
public final class Inflight {
  private static final int HASHES = 4;
  private static final int SLOTS = 8192;

  private final Estimator estimator;

  private Inflight(Estimator estimator) {
    this.estimator = estimator;
  }

  /// {@return a counter of 4 rows of 8,192 slots}
  public static Inflight create() {
    return of(HASHES, SLOTS);
  }

  /// {@return a counter of the given geometry, see [Estimator#of(int, int)]}
  public static Inflight of(int hashes, int slots) {
    return of(hashes, slots, new SecureRandom());
  }

  /// As [#of(int, int)] with the secrets taken from a generator.
  static Inflight of(int hashes, int slots, RandomGenerator random) {
    return new Inflight(Estimator.of(hashes, slots, random));
  }

  /// Adds `n` to a key until the guard closes. One call adds 2⁵³ at most.
  ///
  /// @throws IllegalStateException if more than 2⁶² were under way then
  public Guard incr(Object key, long n) {
    long step = Rows.step(n);
    long hash = estimator.hash(key);
    if (!estimator.tryAdd(hash, step)) {
      throw full(step);
    }
    return new Guard(estimator, hash, step, estimator.get0(hash));
  }

  private static IllegalStateException full(long step) {
    return new IllegalStateException(
        "n: " + step + " more than are under way (expected: up to " + Rows.MAX_COUNT + " in all)");
  }

  /// Adds `n` to a key unless that would exceed `limit`, or 2⁶². One call adds 2⁵³ at most.
  ///
  /// Never admits beyond the limit. Of several callers that race for the last place all may be
  /// refused: each adds first and looks then.
  ///
  /// @return the guard, or nothing when over
  public Optional<Guard> tryIncr(Object key, long n, long limit) {
    long step = Rows.step(n);
    long hash = estimator.hash(key);
    if (!estimator.tryAdd(hash, step)) {
      return Optional.empty();
    }
    long count = estimator.get0(hash);
    if (count > limit) {
      estimator.subtract(hash, step);
      return Optional.empty();
    }
    return Optional.of(new Guard(estimator, hash, step, count));
  }

  /// {@return what is under way for a key now, or more}
  public long get(Object key) {
    return estimator.get0(estimator.hash(key));
  }

  /// Holds a count up until it closes. Closing twice subtracts once.
  public static final class Guard implements AutoCloseable {
    private static final long CLOSED = -1;
    private static final VarHandle HELD;

    static {
      try {
        HELD = MethodHandles.lookup().findVarHandle(Guard.class, "held", long.class);
      } catch (ReflectiveOperationException impossible) {
        throw new ExceptionInInitializerError(impossible);
      }
    }

    private final Estimator estimator;
    private final long hash;
    private final long step;
    private final long count;

    /// What to subtract on closing, or [#CLOSED].
    private volatile long held;

    private Guard(Estimator estimator, long hash, long step, long count) {
      this.estimator = estimator;
      this.hash = hash;
      this.step = step;
      this.count = count;
      this.held = step;
    }

    /// {@return the key's count right after this guard was added}
    public long count() {
      return count;
    }

    /// {@return the key's count now}
    public long current() {
      return estimator.get0(hash);
    }

    /// Adds the guard's step once more; closing subtracts all of it.
    ///
    /// @throws IllegalStateException when the guard is closed, or if more than 2⁶² were under way
    ///   then
    /// @return the new count
    public long incr() {
      // Counted before it is noted: a close in between may not subtract what nobody added yet.
      if (!estimator.tryAdd(hash, step)) {
        throw full(step);
      }
      long now = estimator.get0(hash);
      for (long seen = held; seen != CLOSED; seen = held) {
        if (swapHeld(seen, seen + step)) {
          return now;
        }
      }
      estimator.subtract(hash, step);
      throw new IllegalStateException("guard is closed");
    }

    @Override
    public void close() {
      long seen = takeHeld();
      if (seen != CLOSED) {
        estimator.subtract(hash, seen);
      }
    }

    private boolean swapHeld(long expected, long next) {
      return HELD.compareAndSet(this, expected, next);
    }

    private long takeHeld() {
      return (long) HELD.getAndSet(this, CLOSED);
    }
  }
}
