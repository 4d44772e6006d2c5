// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A key, its value and all the cache remembers of it, in 24 bytes.
///
/// One word holds what must change together, and changes by compare-and-set only:
///
/// ```
///  31                              4 3    2 1  0
/// ┌─────────────────────────────────┬──────┬────┐
/// │ weight                          │ place│uses│
/// └─────────────────────────────────┴──────┴────┘
/// ```
///
/// Weight and place in one word mean that whoever changes either knows from which queue's total the
/// weight must be taken. [#GONE] is final: it is set once, by the thread that took the entry out of
/// the map.
final class Item<K, V> {
  static final int SMALL = 0;
  static final int MAIN = 1;
  static final int GONE = 2;

  static final int MAX_USES = 3;
  static final int MAX_WEIGHT = (1 << 28) - 1;

  private static final int USES_MASK = 3;
  private static final int PLACE_SHIFT = 2;
  private static final int PLACE_MASK = 3;
  private static final int WEIGHT_SHIFT = 4;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Item.class, "state", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  final K key;

  /// Null once the item is gone: a queue may hold on to it for a while, and should not to the
  /// value.
  volatile @Nullable V value;

  private volatile int state;

  Item(K key, V value, int weight) {
    this.key = key;
    this.value = value;
    this.state = pack(weight, SMALL, 0);
  }

  static int pack(int weight, int place, int uses) {
    return weight << WEIGHT_SHIFT | place << PLACE_SHIFT | uses;
  }

  static int weightOf(int state) {
    return state >>> WEIGHT_SHIFT;
  }

  static int placeOf(int state) {
    return (state >>> PLACE_SHIFT) & PLACE_MASK;
  }

  static int usesOf(int state) {
    return state & USES_MASK;
  }

  int uses() {
    return usesOf(state);
  }

  int weight() {
    return weightOf(state);
  }

  boolean isGone() {
    return placeOf(state) == GONE;
  }

  /// {@return whether it is held and no use of it is counted}
  boolean isUnused() {
    int seen = state;
    return usesOf(seen) == 0 && placeOf(seen) != GONE;
  }

  /// Counts a use up to three. A use that races another change is not counted: it is a hint.
  void use() {
    int seen = (int) STATE.getOpaque(this);
    if (usesOf(seen) < MAX_USES) {
      STATE.weakCompareAndSetPlain(this, seen, seen + 1);
    }
  }

  private boolean swapState(int expected, int next) {
    return STATE.compareAndSet(this, expected, next);
  }

  /// Takes one use back, if there is any.
  void unuse() {
    int seen = state;
    while (usesOf(seen) > 0 && !swapState(seen, seen - 1)) {
      seen = state;
    }
  }

  /// Moves to the main queue without uses, unless gone. Called by the one thread that took it from
  /// its queue.
  ///
  /// @return the state before
  int toMain() {
    int seen = state;
    while (placeOf(seen) != GONE && !swapState(seen, pack(weightOf(seen), MAIN, 0))) {
      seen = state;
    }
    return seen;
  }

  /// Changes the weight and counts a use. Called while the map holds the item.
  ///
  /// @return the state before
  int reweigh(int weight) {
    int seen = state;
    while (!swapState(seen, reweighed(seen, weight))) {
      seen = state;
    }
    return seen;
  }

  private static int reweighed(int seen, int weight) {
    return pack(weight, placeOf(seen), Math.min(usesOf(seen) + 1, MAX_USES));
  }

  /// Marks what was taken out of the map, and lets go of the value.
  ///
  /// @return the state before
  int leave() {
    int seen = state;
    while (!swapState(seen, pack(0, GONE, 0))) {
      seen = state;
    }
    value = null;
    return seen;
  }
}
