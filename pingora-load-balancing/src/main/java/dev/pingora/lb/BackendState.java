// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.services.Addresses;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a balancer knows about one address: whether it takes work, what is under way there, and how
/// it did lately. Survives every update that keeps the address.
///
/// Lock-free. `flags` says why it takes no work: zero means that it does, and every change between
/// zero and not zero is counted in the [Crowd] by the thread that made it. The other fields are
/// independent of each other; each is exact by itself, and a reader may see one of them a moment
/// before another.
final class BackendState {
  /// Health checks found it ill.
  static final int UNHEALTHY = 1;

  /// An operator, or discovery, took it out.
  static final int DISABLED = 2;

  /// It failed too often in a row: out until a moment.
  static final int EJECTED = 4;

  /// Its circuit breaker is open: from a moment on it gets one trial at a time.
  static final int OPEN = 8;

  /// Discovery knows it no more. Final.
  static final int GONE = 16;

  /// Longest reason kept, in characters.
  static final int MAX_REASON = 200;

  /// The engine measures attempts by the clocks of loops, which lag a turn behind.
  private static final long CLOCK_LAG = TimeUnit.MILLISECONDS.toNanos(50);

  private static final VarHandle FLAGS = handle("flags", int.class);
  private static final VarHandle IN_FLIGHT = handle("inFlight", int.class);
  private static final VarHandle TRIAL_AT = handle("trialAt", long.class);
  private static final VarHandle FAILURES = handle("failures", int.class);
  private static final VarHandle LATENCY = handle("latency", long.class);

  private final SocketAddress address;
  private final Crowd crowd;
  private final @Nullable FailureWindow window;

  private volatile int flags;
  private volatile int inFlight;

  /// Failures in a row; a success sets it to zero.
  private volatile int failures;

  /// End of the ejection, on the crowd's clock; means something while EJECTED.
  private volatile long ejectedUntil;

  /// When an open breaker lets the next trial pass; means something while OPEN.
  private volatile long trialAt;

  /// How often it was ejected, less one for every quiet period since.
  private volatile int ejections;

  /// Its recent response time: see [Latency]. Beside the other fields that selections read.
  private volatile long latency;

  /// When it last began to take work.
  private volatile long readySince;

  /// Why it last was out, or failed a check while it was: for operators only.
  private volatile String why = "";

  /// Results of health checks in a row that contradict the present state.
  private int contrary;

  /// @param warm whether it comes in at its full share, see [SlowStart]
  BackendState(SocketAddress address, Crowd crowd, boolean ready, boolean warm) {
    this.address = address;
    this.crowd = crowd;
    this.flags = ready ? 0 : UNHEALTHY;
    this.readySince = crowd.now() - (warm ? SlowStart.MAX_WINDOW.toNanos() : 0);
    CircuitBreaker breaker = crowd.policy().breaker();
    this.window = breaker == null ? null : new FailureWindow(breaker);
    crowd.joined(ready);
  }

  private static VarHandle handle(String field, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(BackendState.class, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  SocketAddress address() {
    return address;
  }

  Crowd crowd() {
    return crowd;
  }

  int flags() {
    return flags;
  }

  // --- whether it takes work ---

  boolean isReady() {
    int seen = flags;
    return seen == 0 || isOver(seen, crowd.ticker().nanoTime());
  }

  /// {@return whether [#admits] would say yes, unless another thread comes first} Changes nothing.
  boolean takesWork() {
    return isReady() && hasRoom();
  }

  /// {@return whether a request may go there now} In the half-open state of a breaker a true answer
  /// is the one trial: the caller is expected to use it.
  boolean admits() {
    int seen = flags;
    return seen == 0 ? hasRoom() : admitsAgain(seen);
  }

  private boolean hasRoom() {
    int max = crowd.policy().maxRequests();
    return max == 0 || inFlight < max;
  }

  private boolean admitsAgain(int seen) {
    long now = crowd.ticker().nanoTime();
    if (!isOver(seen, now)) {
      return false;
    }
    if ((seen & EJECTED) != 0) {
      clear(EJECTED, "its ejection is over");
    }
    return hasRoom() && ((seen & OPEN) == 0 || trial(now));
  }

  /// Exactly one of those who ask gets the trial: it moves the moment of the next.
  private boolean trial(long now) {
    CircuitBreaker breaker = crowd.policy().breaker();
    long seen = trialAt;
    return breaker != null
        && isPast(seen, now)
        && TRIAL_AT.compareAndSet(this, seen, now + breaker.pause().toNanos());
  }

  /// {@return whether the only reasons to take no work are those that time ends, and it has}
  private boolean isOver(int seen, long now) {
    return (seen & ~(EJECTED | OPEN)) == 0
        && ((seen & EJECTED) == 0 || isPast(ejectedUntil, now))
        && ((seen & OPEN) == 0 || isPast(trialAt, now));
  }

  /// A moment further away than any pause was set by a clock that has gone back since.
  private static boolean isPast(long moment, long now) {
    long left = moment - now;
    return left <= 0 || left > Outlier.MAX_EJECT.toNanos();
  }

  /// {@return whether it may get work when health counts for nothing} See the panic threshold.
  boolean admitsInPanic() {
    return (flags & (DISABLED | GONE)) == 0 && hasRoom();
  }

  /// {@return nanoseconds since it began to take work}
  long readyFor(long now) {
    return Math.max(0, now - readySince);
  }

  /// Adds a reason to take no work.
  ///
  /// @return whether it was new
  boolean set(int flag, String why) {
    int before = (int) FLAGS.getAndBitwiseOr(this, flag);
    if (before == 0) {
      crowd.readyChanged(-1);
    }
    boolean isNew = (before & flag) == 0;
    if (isNew && flag != GONE && (before == 0 || !why.isEmpty())) {
      remember(why);
    }
    if (isNew && (before & GONE) == 0 && flag != GONE) {
      crowd.tell(address, BackendChange.of(flag, true), why);
    }
    return isNew;
  }

  /// Of who speaks to a server that sends nonsense, the message may be long.
  private void remember(String reason) {
    why = reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON);
  }

  /// {@return why it takes no work, in the words of the last failure; empty when it does, or when
  /// nobody said why}
  String reason() {
    return flags == 0 ? "" : why;
  }

  /// Takes away a reason to take no work.
  ///
  /// @return whether it was there
  boolean clear(int flag, String why) {
    int before = (int) FLAGS.getAndBitwiseAnd(this, ~flag);
    boolean was = (before & flag) != 0;
    if (was && (before & ~flag) == 0) {
      readySince = crowd.now();
      crowd.readyChanged(1);
    }
    if (was && flag == EJECTED) {
      crowd.ejectedChanged(-1);
    }
    if (was && (before & GONE) == 0) {
      crowd.tell(address, BackendChange.of(flag, false), why);
    }
    return was;
  }

  /// Discovery knows it no more: it counts no longer.
  void leave() {
    if (set(GONE, "")) {
      if ((flags & EJECTED) != 0) {
        clear(EJECTED, "");
      }
      crowd.left();
    }
  }

  // --- health checks ---

  /// Takes a result of a health check. By one thread at a time.
  ///
  /// @param why of a failure
  void checked(boolean well, int threshold, String why) {
    boolean isWell = (flags & UNHEALTHY) == 0;
    if (well == isWell) {
      contrary = 0;
      if (!well) {
        remember(why);
      }
      return;
    }
    if (++contrary < threshold) {
      return;
    }
    contrary = 0;
    if (well) {
      clear(UNHEALTHY, "health checks succeed");
    } else {
      set(UNHEALTHY, why);
    }
  }

  // --- what the engine reports ---

  int inFlight() {
    return inFlight;
  }

  /// {@return its recent response time in nanoseconds, see [Latency#at]; 0 before the first}
  float latency(long now) {
    return Latency.at((long) LATENCY.getOpaque(this), now);
  }

  private void observe(long nanos) {
    long now = crowd.tick();
    long seen = latency;
    while (!LATENCY.weakCompareAndSet(this, seen, Latency.with(seen, nanos, now))) {
      seen = latency;
    }
  }

  /// {@return false when it has as many as it may have; then nothing was counted}
  boolean started() {
    int now = (int) IN_FLIGHT.getAndAdd(this, 1) + 1;
    int max = crowd.policy().maxRequests();
    if (max > 0 && now > max) {
      IN_FLIGHT.getAndAdd(this, -1);
      return false;
    }
    crowd.started();
    return true;
  }

  void answered(long nanos) {
    observe(nanos);
  }

  /// What the client did wrong, or the proxy itself, says nothing about the backend.
  void ended(long nanos, int status, @Nullable ProxyException failure) {
    IN_FLIGHT.getAndAdd(this, -1);
    crowd.ended();
    if (crowd.policy().isFailure(status)) {
      failed("it answered " + status);
    } else if (failure == null) {
      succeeded(nanos);
    } else if (failure.source() == ErrorSource.UPSTREAM) {
      if (status == 0) {
        observe(Math.max(nanos, crowd.penaltyNanos()));
      }
      failed(failure.kind().name());
    }
  }

  private void succeeded(long nanos) {
    if (failures != 0) {
      failures = 0;
    }
    FailureWindow own = window;
    CircuitBreaker breaker = crowd.policy().breaker();
    if (own != null && breaker != null) {
      long now = crowd.ticker().nanoTime();
      own.add(now, false);
      // What began before it opened, and ends well, is no trial.
      long opened = trialAt - breaker.pause().toNanos();
      if ((flags & OPEN) != 0 && now - nanos - opened >= -CLOCK_LAG) {
        own.reset();
        clear(OPEN, "the trial succeeded");
      }
    }
  }

  private void failed(String why) {
    Passive policy = crowd.policy();
    int row = (int) FAILURES.getAndAdd(this, 1) + 1;
    Outlier outlier = policy.outlier();
    if (outlier != null && row >= outlier.consecutive() && (flags & (EJECTED | GONE)) == 0) {
      eject(outlier, row + " failures in a row, the last: " + why);
    }
    FailureWindow own = window;
    CircuitBreaker breaker = policy.breaker();
    if (own != null && breaker != null) {
      long now = crowd.ticker().nanoTime();
      boolean tooMany = own.add(now, true);
      if (tooMany && (flags & OPEN) == 0) {
        trialAt = now + breaker.pause().toNanos();
        set(OPEN, "too many failures, the last: " + why);
      }
    }
  }

  /// Out for the base time, and longer each time again: the back-off forgets one ejection for every
  /// period of the longest time without one.
  private void eject(Outlier outlier, String why) {
    if (!crowd.mayEject(outlier.maxEjected())) {
      return;
    }
    long now = crowd.ticker().nanoTime();
    int times = outlier.remembered(ejections, now - ejectedUntil) + 1;
    ejectedUntil = now + outlier.ejectNanos(times);
    ejections = times;
    if (set(EJECTED, why)) {
      failures = 0;
      if ((flags & GONE) != 0) { // it may have left after it was looked at, and before it was set
        clear(EJECTED, "");
      }
    } else {
      crowd.ejectedChanged(-1); // another thread did the same
    }
  }

  @Override
  public String toString() {
    return Addresses.text(address) + " flags " + flags + " in flight " + inFlight;
  }
}
