// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.util.Arrays;
import java.util.Random;

/// Made-up traffic of the shapes that the literature on caches uses.
final class Traffic {
  /// Farther apart than any two keys of one Zipf law.
  private static final int APART = 1_000_000;

  private Traffic() {}

  /// Keys drawn by Zipf's law: lasting favourites.
  static int[] zipf(int keys, double skew, int length, long seed) {
    double[] sums = new double[keys];
    double total = 0;
    for (int i = 0; i < keys; i++) {
      total += 1 / Math.pow(i + 1, skew);
      sums[i] = total;
    }
    Random random = new Random(seed);
    int[] trace = new int[length];
    for (int i = 0; i < length; i++) {
      int found = Arrays.binarySearch(sums, random.nextDouble() * total);
      trace[i] = Math.min(found < 0 ? -found - 1 : found, keys - 1);
    }
    return trace;
  }

  /// A quarter of the time all keys are new and never come back.
  static int[] scans(int[] favourites, int scan) {
    int[] trace = favourites.clone();
    for (int i = 0; i < trace.length; i++) {
      if (i / scan % 4 == 3) {
        trace[i] = 100 * APART + i;
      }
    }
    return trace;
  }

  static int[] loop(int keys, int length) {
    int[] trace = new int[length];
    for (int i = 0; i < length; i++) {
      trace[i] = i % keys;
    }
    return trace;
  }

  /// From time to time all favourites change.
  static int[] shifting(int[] favourites, int every) {
    int[] trace = favourites.clone();
    for (int i = 0; i < trace.length; i++) {
      trace[i] += i / every * APART;
    }
    return trace;
  }

  /// Again and again each favourite loses a rank to the next.
  static int[] drifting(int[] favourites, int every) {
    int[] trace = favourites.clone();
    for (int i = 0; i < trace.length; i++) {
      trace[i] += i / every;
    }
    return trace;
  }

  /// A new key with each fourth request, asked for the less the older it gets.
  static int[] newest(int length, long seed) {
    Random random = new Random(seed);
    int[] trace = new int[length];
    for (int i = 0; i < length; i++) {
      double age = Math.pow(random.nextDouble(), -1 / 0.8) - 1;
      trace[i] = i / 4 - (int) Math.min(i / 4.0, age);
    }
    return trace;
  }

  /// In turn: favourites; a loop among them; new keys among them; other favourites.
  static int[] mixed(int capacity, int length, long seed) {
    int[] trace = zipf(capacity * 20, 0.9, length, seed);
    Random random = new Random(seed);
    int phase = capacity * 20;
    for (int i = 0; i < length; i++) {
      switch (i / phase % 4) {
        case 1 -> trace[i] = random.nextInt(3) == 0 ? 200 * APART + i % (capacity * 2) : trace[i];
        case 2 -> trace[i] = random.nextInt(2) == 0 ? 300 * APART + i : trace[i];
        case 3 -> trace[i] += (1 + i / phase) * APART;
        default -> {}
      }
    }
    return trace;
  }
}
