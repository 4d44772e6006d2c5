// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// Guesses how often a key was asked for lately: a count-min sketch of four-bit counters that age.
///
/// **Idea.** A key owns four counters; counting adds to those that are lowest of the four, and the
/// guess is the least. To follow change, all counters are halved once in every four counts per item
/// of the cache. Nobody does that at one go: the halving is decreed by a number, the epoch, and
/// each cache line of counters carries the epoch that it is up to. Whoever counts there next
/// catches up; whoever only looks shifts what it sees.
///
/// **Invariant.** A guess is at least the key's count since the halvings, up to 15, as long as
/// nobody races; a lost race loses a count or halves a line late. Guesses only decide what to keep,
/// so that is harmless.
///
/// **Layout.** A word holds 16 counters, and the four counters of a key lie in four of the eight
/// words of one cache line: counting touches one line, and the word of the epochs.
///
/// **Cost.** 8.5 to 17 bytes an item of the cache.
///
/// **Papers.** Einziger, Friedman, Manes: *TinyLFU: a highly efficient cache admission policy*, ACM
/// TOS 13 (2017), for aging and counter sizes; Cormode, Muthukrishnan (2005) for the sketch.
final class Sketch {
  static final int MAX_COUNT = 15;

  private static final int ROWS = 4;
  private static final int WORDS_OF_BLOCK = 8;

  /// Counts between two halvings, for each word of the table.
  private static final int PERIOD = 4;

  private static final long HALF_MASK = 0x7777_7777_7777_7777L;

  private final AtomicLongArray words;
  private final AtomicIntegerArray epochs;
  private final int blockMask;
  private final long period;
  private final AtomicLong counts = new AtomicLong();

  /// @param items about how many items the cache will hold
  Sketch(int items) {
    int size = Math.max(WORDS_OF_BLOCK, ceilingPowerOfTwo(items));
    words = new AtomicLongArray(size);
    epochs = new AtomicIntegerArray(size / WORDS_OF_BLOCK);
    blockMask = size / WORDS_OF_BLOCK - 1;
    period = (long) PERIOD * size;
  }

  private static int ceilingPowerOfTwo(int n) {
    return n <= 1 ? 1 : Integer.highestOneBit(n - 1) << 1;
  }

  /// {@return a hash whose bits all depend on all of the key's}
  static int spread(int hashCode) {
    int mixed = hashCode * 0x9E3779B9;
    mixed = (mixed ^ (mixed >>> 15)) * 0x85EBCA6B;
    return mixed ^ (mixed >>> 13);
  }

  /// {@return the guess for a key}
  int frequency(int hash) {
    return least(hash) >>> halvingsDue(hash);
  }

  private int least(int hash) {
    int least = MAX_COUNT;
    for (int row = 0; row < ROWS; row++) {
      least = Math.min(least, (int) (words.get(word(hash, row)) >>> shift(hash, row)) & MAX_COUNT);
    }
    return least;
  }

  /// Counts a key.
  void increment(int hash) {
    counts.incrementAndGet();
    catchUp(hash);
    int before = least(hash);
    if (before < MAX_COUNT) {
      for (int row = 0; row < ROWS; row++) {
        raise(word(hash, row), shift(hash, row), before);
      }
    }
  }

  private void raise(int word, int shift, int before) {
    long seen = words.get(word);
    if (((seen >>> shift) & MAX_COUNT) == before) {
      words.compareAndSet(word, seen, seen + (1L << shift));
    }
  }

  private int epoch() {
    return (int) (counts.get() / period);
  }

  /// {@return how often the key's line is still to be halved: four times make any counter zero}
  private int halvingsDue(int hash) {
    return Math.min(epoch() - epochs.get(hash & blockMask), 4);
  }

  private void catchUp(int hash) {
    int block = hash & blockMask;
    int upTo = epochs.get(block);
    int now = epoch();
    if (upTo != now && epochs.compareAndSet(block, upTo, now)) {
      for (int word = block * WORDS_OF_BLOCK; word < (block + 1) * WORDS_OF_BLOCK; word++) {
        halve(word, Math.min(now - upTo, 4));
      }
    }
  }

  /// Never lost, unlike a count: one that stayed would be taken for popular until the next period.
  private void halve(int word, int times) {
    long seen;
    long halved;
    do {
      seen = words.get(word);
      halved = seen;
      for (int i = 0; i < times; i++) {
        halved = (halved >>> 1) & HALF_MASK;
      }
    } while (!words.compareAndSet(word, seen, halved));
  }

  private int word(int hash, int row) {
    int block = (hash & blockMask) * WORDS_OF_BLOCK;
    // Two words belong to each row; a bit of the hash picks one.
    return block + row * 2 + ((hash >>> (31 - row)) & 1);
  }

  /// {@return the place of a key's counter in its word}
  private static int shift(int hash, int row) {
    int remixed = hash * 0xC2B2AE35;
    return ((remixed >>> (16 + row * 4)) & 15) << 2;
  }
}
