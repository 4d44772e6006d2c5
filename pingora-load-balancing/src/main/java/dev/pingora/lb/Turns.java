// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Arrays;

/// The order of turns in a cycle in which everyone has a number of them.
final class Turns {
  /// Steps that the exact order may cost: some milliseconds.
  private static final long MAX_EXACT_STEPS = 1 << 22;

  private Turns() {}

  /// {@return whose turn it is, turn by turn: `shares[i]` turns of `i`, spread}
  static int[] cycle(int[] shares) {
    int total = Arrays.stream(shares).sum();
    if (total == shares.length) {
      int[] turns = new int[total];
      Arrays.setAll(turns, i -> i);
      return turns;
    }
    return (long) total * shares.length <= MAX_EXACT_STEPS
        ? smooth(shares, total)
        : spread(shares, total);
  }

  /// Each turn goes to whoever is furthest behind; who gets it falls back by the total.
  private static int[] smooth(int[] shares, int total) {
    int[] turns = new int[total];
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

  /// For thousands of backends, in time linear in the turns: `k` of the `s` turns of a backend
  /// wishes for the moment (k + phase)/s of the cycle, and a counting sort by moments settles who
  /// comes when. Phases a golden ratio apart keep equal shares from meeting.
  private static int[] spread(int[] shares, int total) {
    int[] starts = new int[total + 1];
    for (int i = 0; i < shares.length; i++) {
      for (int k = 0; k < shares[i]; k++) {
        starts[moment(i, k, shares[i], total) + 1]++;
      }
    }
    for (int i = 0; i < total; i++) {
      starts[i + 1] += starts[i];
    }
    int[] turns = new int[total];
    for (int i = 0; i < shares.length; i++) {
      for (int k = 0; k < shares[i]; k++) {
        turns[starts[moment(i, k, shares[i], total)]++] = i;
      }
    }
    return turns;
  }

  private static int moment(int i, int k, int share, int total) {
    double phase = i * 0.6180339887498949 % 1;
    return (int) ((k + phase) * total / share);
  }
}
