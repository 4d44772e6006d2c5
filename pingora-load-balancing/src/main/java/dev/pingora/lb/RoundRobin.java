// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Every backend in turn, as often as its weight says.
///
/// Idea: smooth weighted round robin (nginx) spreads the turns of a heavy backend instead of
/// clustering them. The whole cycle is computed once, so a selection costs one atomic add and one
/// array read. Invariant: in each cycle a backend comes exactly `weight / gcd` times. Cost: an
/// array of at most [#MAX_TURNS] turns; larger cycles are scaled down, every backend keeping at
/// least one turn.
public final class RoundRobin implements Selection {
  static final int MAX_TURNS = 65_536;

  private final List<Backend> backends;
  private final int[] turns;
  private final AtomicInteger next = new AtomicInteger();

  private RoundRobin(List<Backend> backends, int[] turns) {
    this.backends = backends;
    this.turns = turns;
  }

  /// {@return a selection of these backends; those of weight 0 are never picked}
  public static RoundRobin of(List<Backend> backends) {
    List<Backend> willing = backends.stream().filter(b -> b.weight() > 0).toList();
    return new RoundRobin(willing, cycle(shares(willing)));
  }

  @Override
  public Optional<Backend> select(Object key) {
    if (turns.length == 0) {
      return Optional.empty();
    }
    int turn =
        turns.length == 1 ? 0 : Integer.remainderUnsigned(next.getAndIncrement(), turns.length);
    return Optional.of(backends.get(turns[turn]));
  }

  /// The smallest whole numbers in proportion to the weights, scaled down to the bound.
  private static int[] shares(List<Backend> backends) {
    int divisor = backends.stream().mapToInt(Backend::weight).reduce(0, RoundRobin::gcd);
    int[] shares = backends.stream().mapToInt(b -> b.weight() / divisor).toArray();
    long total = 0;
    for (int share : shares) {
      total += share;
    }
    if (total > MAX_TURNS) {
      for (int i = 0; i < shares.length; i++) {
        shares[i] = (int) Math.max(1, (long) shares[i] * MAX_TURNS / total);
      }
    }
    return shares;
  }

  /// Each turn goes to whoever is furthest behind; who gets it falls back by the total.
  private static int[] cycle(int[] shares) {
    int total = 0;
    for (int share : shares) {
      total += share;
    }
    int[] turns = new int[total];
    if (total == shares.length) {
      java.util.Arrays.setAll(turns, i -> i);
      return turns;
    }
    long[] credit = new long[shares.length];
    for (int turn = 0; turn < total; turn++) {
      int best = 0;
      for (int i = 0; i < shares.length; i++) {
        credit[i] += shares[i];
        if (credit[i] > credit[best]) {
          best = i;
        }
      }
      credit[best] -= total;
      turns[turn] = best;
    }
    return turns;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
