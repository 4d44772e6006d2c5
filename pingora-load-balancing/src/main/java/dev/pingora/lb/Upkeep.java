// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.core.server.ShutdownWatch;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Discovers and checks, again and again, for one balancer: on its background thread, which sleeps
/// until the nearer of the two is due, and wakes at the shutdown.
///
/// A discovery that fails changes nothing. It is tried again after a second, then two, four, … up
/// to the usual period or half a minute.
final class Upkeep<S extends Selection> {
  private static final System.Logger LOG = System.getLogger("dev.pingora.lb");

  /// Bounds of what a discovery says about the time until the next.
  private static final long MIN_PERIOD = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long MAX_PERIOD = TimeUnit.HOURS.toNanos(1);

  private static final long FIRST_RETRY = TimeUnit.SECONDS.toNanos(1);

  private static final long MAX_RETRY = TimeUnit.SECONDS.toNanos(30);

  /// Another reason for the same trouble is logged at most so often.
  private static final long TELL_EVERY = TimeUnit.MINUTES.toNanos(1);

  /// Never, on the scale of nanoseconds from now.
  private static final long NEVER = Long.MAX_VALUE;

  private final String name;
  private final Backends<S> backends;
  private final Discovery discovery;
  private final @Nullable Duration updateEvery;
  private final HealthRounds<S> rounds;

  /// One discovery at a time.
  private final ReentrantLock discovering = new ReentrantLock();

  private volatile LoopCalls loops = LoopCalls.none();
  private volatile @Nullable HealthCheck check;
  private volatile BalancerStatus.@Nullable LastDiscovery last;
  private volatile @Nullable Duration validFor;

  /// Of the background thread, and of whoever starts it before.
  private int failures;

  /// When a failure was logged; of the same.
  private long told;

  Upkeep(
      String name,
      Backends<S> backends,
      Discovery discovery,
      @Nullable Duration updateEvery,
      HealthRounds<S> rounds) {
    this.name = name;
    this.backends = backends;
    this.discovery = discovery;
    this.updateEvery = updateEvery;
    this.rounds = rounds;
  }

  static Duration requirePeriod(String name, Duration period) {
    if (period.toNanos() < MIN_PERIOD || period.toNanos() > MAX_PERIOD) {
      throw new IllegalArgumentException(name + ": " + period + " (expected: 100 ms to 1 h)");
    }
    return period;
  }

  void healthCheck(HealthCheck own) {
    requirePeriod("every", own.every());
    check = own;
  }

  BalancerStatus.@Nullable LastDiscovery lastDiscovery() {
    return last;
  }

  // --- discovery ---

  void update() throws Exception {
    discovering.lock();
    try {
      long begun = System.nanoTime();
      take(discovery.discover(loops), begun);
    } finally {
      discovering.unlock();
    }
  }

  /// Takes over what was found.
  void take(Discovery.Discovered found, long begun) {
    long took = System.nanoTime() - begun;
    Backends.Update update = backends.update(found);
    BalancerStatus.LastDiscovery before = last;
    validFor = found.validFor();
    last =
        new BalancerStatus.LastDiscovery(
            null, Duration.ofNanos(took), Duration.ofNanos(update.buildNanos()), update.doubles());
    if (update.doubles() > 0 && (before == null || before.doubles() != update.doubles())) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: {1} addresses are named more than once; the first of each counts",
          name,
          update.doubles());
    }
    if (before != null && (update.isChange() || before.failure() != null)) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0}: {1} backends: {2} new, {3} gone, {4} changed",
          name,
          backends.current().backends().size(),
          update.added(),
          update.removed(),
          update.changed());
    }
  }

  /// Discovers, and takes a failure for what it is.
  private void discover() throws InterruptedException {
    try {
      update();
      failures = 0;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      failures++;
      failed(e);
    }
  }

  private void failed(Exception e) {
    String why = e.getMessage() == null ? e.toString() : e.getMessage();
    BalancerStatus.LastDiscovery before = last;
    // The same every second would fill a disk, and a source that answers nonsense has a new reason
    // each time.
    long now = System.nanoTime();
    boolean isFirst = before == null || before.failure() == null;
    boolean isOther = before != null && !why.equals(before.failure());
    boolean isNews = isFirst || isOther && now - told > TELL_EVERY;
    last =
        before == null
            ? new BalancerStatus.LastDiscovery(why, Duration.ZERO, Duration.ZERO, 0)
            : new BalancerStatus.LastDiscovery(
                why, before.took(), before.built(), before.doubles());
    if (isNews) {
      told = now;
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: discovery failed, the {1} backends known stay: {2}",
          name,
          backends.current().backends().size(),
          why);
    }
  }

  // --- in the background ---

  void start(ServerRuntime runtime) {
    loops = LoopCalls.on(runtime);
    if (discovery instanceof StaticDiscovery) {
      return; // it has them since it was built
    }
    try {
      discover();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void run(ShutdownWatch shutdown) throws InterruptedException {
    long now = System.nanoTime();
    long discoverAt = later(now, untilDiscovery());
    long checkAt = check == null ? NEVER : now;
    while (!shutdown.isShuttingDown() && !(discoverAt == NEVER && checkAt == NEVER)) {
      now = System.nanoTime();
      if (discoverAt != NEVER && discoverAt - now <= 0) {
        discover();
        discoverAt = later(System.nanoTime(), untilDiscovery());
      }
      HealthCheck own = check;
      if (own != null && checkAt - now <= 0) {
        rounds.run(own, loops, shutdown);
        checkAt = later(System.nanoTime(), jittered(own.every().toNanos()));
      }
      long wait = Math.min(left(discoverAt), left(checkAt));
      if (wait > 0 && shutdown.await(wait, TimeUnit.NANOSECONDS)) {
        return;
      }
    }
  }

  /// {@return nanoseconds until the next discovery}
  private long untilDiscovery() {
    Duration valid = validFor;
    Duration period = valid == null ? updateEvery : valid;
    long usual =
        period == null ? NEVER : jittered(Math.clamp(nanos(period), MIN_PERIOD, MAX_PERIOD));
    if (failures == 0) {
      return usual;
    }
    long retry = Math.min(MAX_RETRY, FIRST_RETRY << Math.min(failures - 1, 5));
    return Math.min(usual, jittered(retry));
  }

  /// No answer holds for centuries, but a nameserver may say so.
  private static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofHours(2)) > 0 ? MAX_PERIOD : duration.toNanos();
  }

  /// A tenth more or less, so that proxies that started together drift apart.
  private static long jittered(long nanos) {
    return nanos + ThreadLocalRandom.current().nextLong(-nanos / 10, nanos / 10 + 1);
  }

  private static long later(long now, long nanos) {
    return nanos == NEVER ? NEVER : now + nanos;
  }

  private static long left(long moment) {
    return moment == NEVER ? TimeUnit.HOURS.toNanos(1) : moment - System.nanoTime();
  }
}
