// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The backend with the fewest attempts under way, for its weight.
///
/// **Idea.** What is slow or ill answers late, so that attempts pile up there; whoever has few is
/// quick. Ties go to each in turn.
///
/// **Invariant.** No backend that takes work has fewer attempts for its weight than the one picked,
/// as far as the counts that were read go: they change meanwhile, so threads that pick at the same
/// moment may pick the same one. Attempts of other proxies are not known: with many proxies take
/// [PowerOfTwo].
///
/// **Cost.** One pass over all backends, about a nanosecond each: for hundreds, not for thousands.
///
/// **Source.** `least_conn` of nginx; Little's law for why it follows the response times.
public final class LeastRequests implements Selection {
  private final Backend[] backends;
  private final AtomicInteger turn;

  private LeastRequests(Backend[] backends, AtomicInteger turn) {
    this.backends = backends;
    this.turn = turn;
  }

  /// {@return a selection of these backends; those of weight 0 are never picked}
  ///
  /// @param previous whose turns go on; null for none
  public static LeastRequests of(List<Backend> backends, @Nullable LeastRequests previous) {
    AtomicInteger turn = previous == null ? new AtomicInteger() : previous.turn;
    return new LeastRequests(Weighted.of(backends, Integer.MAX_VALUE / 2).backends(), turn);
  }

  @Override
  public @Nullable Backend first(Object key) {
    int n = backends.length;
    if (n == 0) {
      return null;
    }
    int start = Integer.remainderUnsigned(turn.getAndIncrement(), n);
    Backend best = backends[start];
    boolean bestReady = best.isReady();
    for (int i = start + 1; i < start + n; i++) {
      Backend other = backends[i < n ? i : i - n];
      if (other.isReady() && (!bestReady || isLess(other, best))) {
        best = other;
        bestReady = true;
      }
    }
    return best;
  }

  /// Whether a further attempt weighs less on `a`: compares quotients without dividing.
  static boolean isLess(Backend a, Backend b) {
    return (a.inFlight() + 1L) * b.weight() < (b.inFlight() + 1L) * a.weight();
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return Again.of(this, key);
  }
}
