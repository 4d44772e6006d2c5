// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.services.Addresses;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.ConnectSpec;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.Loop;
import dev.pingora.runtime.PendingConnect;
import dev.pingora.runtime.RequestThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Connects to one of several addresses: Happy Eyeballs (RFC 8305 §5).
///
/// The addresses are tried in their order. The next one starts when an attempt has failed, or when
/// 250 ms have passed since the last one began; attempts under way go on meanwhile. The first
/// connection wins; all other attempts are dropped, and with them their descriptors. Each attempt
/// has a bound, and all together have one.
///
/// Confined to its request thread.
final class Race {
  /// RFC 8305 §8: Connection Attempt Delay.
  static final long ATTEMPT_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /// Most addresses tried for one connection; and so most descriptors held by it.
  static final int MAX_ADDRESSES = 16;

  private final RequestThread thread;
  private final Loop loop;
  private final String peer;
  private final List<ConnectSpec> specs;
  private final Fallback fallback;
  private final long eachNanos;
  private final long deadline;
  private final List<Attempt> running = new ArrayList<>(2);
  private final List<Attempt> failed = new ArrayList<>(0);
  private int next;
  private long nextStart;

  /// What to do when the local ports allowed are all taken.
  enum Fallback {
    NONE,
    /// Try the same address once more with any port.
    ANY_PORT
  }

  /// @param peer what is connected to, for messages
  /// @param specs the addresses and how; 1 to 16
  /// @param eachNanos bound of one attempt, 0 = none
  /// @param deadline of all together
  Race(
      RequestThread thread,
      String peer,
      List<ConnectSpec> specs,
      Fallback fallback,
      long eachNanos,
      long deadline) {
    this.thread = thread;
    this.loop = thread.loop();
    this.peer = peer;
    this.specs = specs;
    this.fallback = fallback;
    this.eachNanos = eachNanos;
    this.deadline = deadline;
    this.nextStart = loop.now();
  }

  private static final class Attempt {
    final ConnectSpec spec;
    final PendingConnect pending;
    final long deadline;
    @Nullable ProxyException failure;

    Attempt(ConnectSpec spec, PendingConnect pending, long deadline) {
      this.spec = spec;
      this.pending = pending;
      this.deadline = deadline;
    }
  }

  /// {@return the first connection}
  ///
  /// @throws ProxyException source UPSTREAM, when no address could be connected to in time; names
  ///   each that was tried
  Connection run() throws ProxyException {
    try {
      Connection won = null;
      while (won == null) {
        if (isTimeToStart()) {
          start(specs.get(next++));
        } else if (running.isEmpty()) {
          throw failure(null);
        } else if (!thread.await(wakeUp())) {
          expire();
        }
        won = look();
      }
      return won;
    } finally {
      running.forEach(attempt -> attempt.pending.abandon());
    }
  }

  private boolean isTimeToStart() {
    return next < specs.size() && (running.isEmpty() || nextStart - loop.now() <= 0);
  }

  private void start(ConnectSpec spec) throws ProxyException {
    PendingConnect pending = loop.startConnect(thread, spec);
    running.add(new Attempt(spec, pending, loop.deadlineIn(eachNanos)));
    nextStart = loop.deadlineIn(ATTEMPT_DELAY_NANOS);
  }

  private long wakeUp() {
    long earliest = next < specs.size() ? nextStart : RequestThread.NEVER;
    for (Attempt attempt : running) {
      earliest = earlier(earliest, attempt.deadline);
    }
    return earlier(earliest, deadline);
  }

  private static long earlier(long a, long b) {
    if (a == RequestThread.NEVER || b == RequestThread.NEVER) {
      return a == RequestThread.NEVER ? b : a;
    }
    return a - b < 0 ? a : b;
  }

  private boolean isPast(long moment) {
    return moment != RequestThread.NEVER && moment - loop.now() <= 0;
  }

  /// Gives up attempts that take too long, all of them when all together do.
  private void expire() throws ProxyException {
    boolean all = isPast(deadline);
    for (Attempt attempt : List.copyOf(running)) {
      if (!attempt.pending.isDone() && (all || isPast(attempt.deadline))) {
        attempt.pending.abandon();
        fail(
            attempt,
            ProxyException.upstream(
                ErrorKind.CONNECT_TIMEOUT, "connecting to %s", attempt.spec.remote()));
      }
    }
    if (all && running.isEmpty()) {
      throw failure(ErrorKind.CONNECT_TIMEOUT);
    }
  }

  /// {@return the first connection that stands, null if none does yet}
  private @Nullable Connection look() throws ProxyException {
    for (Attempt attempt : List.copyOf(running)) {
      if (!attempt.pending.isDone()) {
        continue;
      }
      try {
        Connection won = attempt.pending.connection();
        running.remove(attempt);
        return won;
      } catch (ProxyException e) {
        fail(attempt, e);
        tryAnyPort(attempt.spec, e);
      }
    }
    return null;
  }

  private void fail(Attempt attempt, ProxyException failure) {
    attempt.failure = failure;
    running.remove(attempt);
    failed.add(attempt);
    nextStart = loop.now(); // RFC 8305 §5: a failure starts the next at once
  }

  private void tryAnyPort(ConnectSpec spec, ProxyException failure) throws ProxyException {
    if (fallback == Fallback.ANY_PORT
        && spec.portHigh() > 0
        && failure.kind().equals(ErrorKind.BIND_ERROR)) {
      start(
          new ConnectSpec(
              spec.remote(), spec.bindAddress(), 0, 0, spec.tuning(), spec.socketTweak()));
    }
  }

  /// @param kind null for what the attempts agree on
  private ProxyException failure(@Nullable ErrorKind kind) {
    ProxyException last = null;
    ErrorKind common = kind;
    StringBuilder tried = new StringBuilder();
    for (Attempt attempt : failed) {
      ProxyException failure = attempt.failure;
      if (failure == null) {
        continue;
      }
      last = failure;
      if (common == null) {
        common = failure.kind();
      } else if (kind == null && !common.equals(failure.kind())) {
        common = ErrorKind.CONNECT_ERROR;
      }
      tried
          .append(tried.isEmpty() ? "" : ", ")
          .append(Addresses.text(attempt.spec.remote()))
          .append(' ')
          .append(failure.kind());
    }
    if (last == null) {
      return ProxyException.upstream(ErrorKind.CONNECT_TIMEOUT, "connecting to %s", peer);
    }
    if (failed.size() == 1) {
      return last;
    }
    return ProxyException.explain(
            common == null ? ErrorKind.CONNECT_ERROR : common,
            last,
            "connecting to %s: %s",
            peer,
            tried)
        .withSource(ErrorSource.UPSTREAM);
  }
}
