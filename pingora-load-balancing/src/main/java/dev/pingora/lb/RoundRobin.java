// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Every backend in turn, as often as its weight says.
///
/// **Idea.** Smooth weighted round robin (nginx) spreads the turns of a heavy backend instead of
/// clustering them. The whole cycle is computed once ([Turns]), so a selection costs one atomic add
/// and one array read. A backend that takes no work leaves its turn to the next turn's backend, and
/// the count goes on from there: the others share its work by their weights.
///
/// **Invariant.** In each cycle a backend comes exactly `weight / gcd` times. An update goes on
/// with the count, so that updates do not favour who stands first.
///
/// **Cost.** An array of at most [#MAX_TURNS] turns; larger cycles are scaled down, every backend
/// keeping at least one turn.
///
/// **Source.** Sysoev, *Upstream: smooth weighted round-robin balancing*, nginx 1.3.1 (2012).
public final class RoundRobin implements Selection {
  static final int MAX_TURNS = 65_536;

  private final Backend[] backends;
  private final int[] turns;
  private final AtomicInteger next;

  private RoundRobin(Backend[] backends, int[] turns, AtomicInteger next) {
    this.backends = backends;
    this.turns = turns;
    this.next = next;
  }

  /// {@return a selection of these backends; those of weight 0 are never picked}
  ///
  /// @param previous whose count goes on; null for none
  public static RoundRobin of(List<Backend> backends, @Nullable RoundRobin previous) {
    Weighted weighted = Weighted.of(backends, MAX_TURNS);
    AtomicInteger count = previous == null ? new AtomicInteger() : previous.next;
    return new RoundRobin(weighted.backends(), Turns.cycle(weighted.shares()), count);
  }

  @Override
  public @Nullable Backend first(Object key) {
    return switch (turns.length) {
      case 0 -> null;
      case 1 -> backends[0];
      default -> backends[turns[Integer.remainderUnsigned(next.getAndIncrement(), turns.length)]];
    };
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return Again.of(this, key);
  }
}
