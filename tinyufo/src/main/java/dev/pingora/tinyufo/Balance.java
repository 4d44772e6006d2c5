// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/// Finds the share of the small queue that suits the traffic, by regret.
///
/// **Idea.** Traffic with lasting favourites wants a small queue that is tiny; traffic that moves
/// on wants it large. Which it is shows in what comes back. A key that is asked for soon after it
/// left the small queue would have been a hit, had that queue been a little longer; one that left
/// the main queue speaks for that one. So the share is raised by the one and lowered by the other,
/// until a little more room would be worth as much on either side. (ARC, by Megiddo and Modha, FAST
/// 2003, steers by the same sign; it keeps all the keys for it.)
///
/// **Memory.** Of each queue's departures a table keeps the hashes, where a newer one overwrites an
/// older: so each is remembered for about as many departures as there are slots, a sixteenth of the
/// items. That is half a byte an item.
///
/// **Rest.** Traffic that regrets nothing, a loop much longer than the cache say, gives no sign;
/// then the share slowly returns to a hundredth, which is best where favourites last.
///
/// Any thread may call anything. A race loses a sign, which is harmless.
final class Balance {
  /// The share is kept as a fraction of this, so that the smallest step of the largest cache
  /// counts.
  private static final long WHOLE = 1L << 62;

  private static final long LEAST = WHOLE / 100;
  private static final long MOST = WHOLE / 5 * 4;

  /// What one sign moves the share by, in items. More follows faster and errs more often. A main
  /// queue that gives up items which are asked for again does worse than one sign tells: what it
  /// holds was chosen.
  private static final double GAIN = 1.5;

  private static final double LOSS = 2.25;

  private static final int ITEMS_OF_SLOT = 16;
  private static final int MIN_SLOTS = 4;

  /// Departures, in tables' lengths, after which 1/e is left of what is above the least share.
  private static final int PATIENCE = 1280;

  private final long capacity;
  private final AtomicIntegerArray fromSmall;
  private final AtomicIntegerArray fromMain;
  private final long gain;
  private final long loss;
  private final AtomicLong share = new AtomicLong(LEAST);

  /// @param capacity the greatest total weight
  /// @param items about how many items that is
  Balance(long capacity, int items) {
    this.capacity = capacity;
    int slots = Math.max(MIN_SLOTS, items / ITEMS_OF_SLOT);
    this.fromSmall = new AtomicIntegerArray(slots);
    this.fromMain = new AtomicIntegerArray(slots);
    this.gain = step(GAIN, items);
    this.loss = step(LOSS, items);
  }

  private static long step(double moved, int items) {
    return (long) (Math.min(1, moved / items) * 0x1p62);
  }

  /// {@return the weight above which the small queue has to give}
  long limit() {
    // Both are below 2⁶², and the shifts make good for the two bits by which 2⁶² is less than 2⁶⁴.
    return Math.multiplyHigh(capacity << 1, share.get() << 1) + 1;
  }

  /// Notes that an unused item was evicted from the end of the small queue.
  void leftSmall(int hash) {
    remember(fromSmall, hash);
  }

  /// Notes that an item was evicted from the end of the main queue.
  void leftMain(int hash) {
    remember(fromMain, hash);
  }

  private void remember(AtomicIntegerArray table, int hash) {
    int slot = slot(hash);
    table.setOpaque(slot, tag(hash));
    // One departure in as many as there are slots, without a counter that all threads would write.
    if (slot == 0) {
      long seen = share.get();
      share.compareAndSet(seen, seen - (seen - LEAST) / PATIENCE);
    }
  }

  /// Learns from a key that is asked for and not held.
  void missed(int hash) {
    long step = (isIn(fromSmall, hash) ? gain : 0) - (isIn(fromMain, hash) ? loss : 0);
    if (step != 0) {
      long seen = share.get();
      share.compareAndSet(seen, Math.clamp(seen + step, LEAST, MOST));
    }
  }

  /// {@return whether a key left lately; then it is forgotten, so that it counts once}
  private boolean isIn(AtomicIntegerArray table, int hash) {
    int slot = slot(hash);
    if (table.getOpaque(slot) != tag(hash)) {
      return false;
    }
    table.setOpaque(slot, 0);
    return true;
  }

  private int slot(int hash) {
    return (int) (Integer.toUnsignedLong(hash * 0x2545F491) * fromSmall.length() >>> 32);
  }

  /// {@return what stands for a hash in a slot; zero stands for none}
  private static int tag(int hash) {
    return hash | 1;
  }
}
