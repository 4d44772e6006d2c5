// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The two queues, what they weigh, and who has to leave them.
///
/// ```
///            used, or room in main          used: one use less
///           ┌───────────────────────┐        ┌───────┐
///  new ──► small ──► contest ──► main ──► victim ◄───┘
///            │          │ loser out         │
///            └──────────┴───────────────────┴──► evicted
/// ```
///
/// **Ownership.** An item lies in one queue, in the seat, or in the hand of the one thread that
/// took it out there; only that thread may put it back or evict it. An item that was removed from
/// the map stays where it lies, a *ghost*, until some thread comes upon it.
///
/// **Weights** follow the states of the items: whoever changes a state by compare-and-set adds the
/// difference to the totals. So the totals are exact once all have finished, and off by the changes
/// under way meanwhile.
final class Queues<K, V> {
  /// Uses that one search for a victim takes back at most: a bound on the work of one put.
  private static final int MAX_REQUEUES = 16;

  /// How much more often a newcomer must have been asked for. It just was, which says nothing yet
  /// about the next time; an equal one that stays costs nothing.
  private static final int MARGIN = 1;

  /// Ghosts are swept out when there are more than this and more than half as many as items.
  private static final int MIN_GHOSTS = 1024;

  private final Fifo<Item<K, V>> small = new Fifo<>();
  private final Fifo<Item<K, V>> main = new Fifo<>();

  /// The next victim of the main queue, found unused but not beaten yet.
  private final AtomicReference<@Nullable Item<K, V>> seat = new AtomicReference<>();

  private final KeyHash keyHash;
  private final long capacity;
  private final Sketch sketch;
  private final Balance balance;
  private final AtomicLong smallWeight = new AtomicLong();
  private final AtomicLong mainWeight = new AtomicLong();
  private final AtomicInteger ghosts = new AtomicInteger();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  Queues(long capacity, int estimatedItems, KeyHash keyHash) {
    this.keyHash = keyHash;
    this.capacity = capacity;
    this.sketch = new Sketch(estimatedItems);
    this.balance = new Balance(capacity, estimatedItems);
  }

  long weight() {
    return smallWeight.get() + mainWeight.get();
  }

  int ghosts() {
    return ghosts.get();
  }

  /// Takes in a new item, which the map holds already.
  ///
  /// @param hash [#hashOf(Object)] of its key
  /// @param weight the weight it was made with: what changed since was counted by whoever changed
  ///   it
  void add(Item<K, V> item, int hash, int weight) {
    balance.missed(hash);
    sketch.increment(hash);
    smallWeight.addAndGet(weight);
    small.add(item);
  }

  /// {@return what sketch and balance know a key by}
  int hashOf(K key) {
    return keyHash.of(key);
  }

  /// Anew each time: kept in the item, it would take 8 bytes more of each.
  private int hashOf(Item<K, V> item) {
    return keyHash.of(item.key);
  }

  /// Gives an item that the map holds another weight.
  void reweigh(Item<K, V> item, int weight) {
    int before = item.reweigh(weight);
    long change = (long) weight - Item.weightOf(before);
    if (change != 0) {
      total(before).addAndGet(change);
    }
  }

  /// Takes the weight of an item that left the map off the totals.
  ///
  /// @param isGhost whether some queue still holds it
  /// @return its weight
  int leave(Item<K, V> item, boolean isGhost) {
    int before = item.leave();
    total(before).addAndGet(-Item.weightOf(before));
    if (isGhost) {
      ghosts.incrementAndGet();
    }
    return Item.weightOf(before);
  }

  private AtomicLong total(int state) {
    return Item.placeOf(state) == Item.MAIN ? mainWeight : smallWeight;
  }

  /// Notes that a ghost came out of its queue.
  void forget() {
    ghosts.decrementAndGet();
  }

  /// Moves on until the small queue is within its limit and the total within the capacity.
  ///
  /// An item that has to leave is out of its queues when `evict` gets it, which takes it out of the
  /// map.
  void settle(Consumer<Item<K, V>> evict) {
    boolean moved = true;
    while (moved && (smallWeight.get() > balance.limit() || weight() > capacity)) {
      moved = smallWeight.get() > balance.limit() && moveSmall(evict);
      if (!moved && weight() > capacity) {
        moved = shrinkMain(evict) || moveSmall(evict);
      }
    }
  }

  /// Takes the oldest item of the small queue on its way.
  ///
  /// @return false when there is none
  private boolean moveSmall(Consumer<Item<K, V>> evict) {
    Item<K, V> item = small.poll();
    if (item == null) {
      return false;
    }
    if (item.isGone()) {
      forget();
    } else if (item.uses() > 0 || weight() <= capacity || winsContest(item, evict)) {
      promote(item);
    } else {
      balance.leftSmall(hashOf(item));
      evict.accept(item);
    }
    return true;
  }

  private void promote(Item<K, V> item) {
    credit(item, item.uses());
    int before = item.toMain();
    if (Item.placeOf(before) == Item.GONE) {
      forget();
      return;
    }
    smallWeight.addAndGet(-Item.weightOf(before));
    mainWeight.addAndGet(Item.weightOf(before));
    main.add(item);
  }

  /// Counts uses in the sketch that so far were only counted in the item: hits stay cheap, and are
  /// not forgotten.
  private void credit(Item<K, V> item, int uses) {
    if (uses > 0) {
      int hash = hashOf(item);
      for (int i = 0; i < uses; i++) {
        sketch.increment(hash);
      }
    }
  }

  private boolean shrinkMain(Consumer<Item<K, V>> evict) {
    Item<K, V> victim = nextVictim();
    if (victim == null) {
      return false;
    }
    evictMain(victim, evict);
    return true;
  }

  private void evictMain(Item<K, V> victim, Consumer<Item<K, V>> evict) {
    balance.leftMain(hashOf(victim));
    evict.accept(victim);
  }

  /// {@return an item of the main queue without uses, in the hand of the caller}
  ///
  /// A used one loses a use and goes round once more.
  private @Nullable Item<K, V> nextVictim() {
    int requeues = 0;
    while (true) {
      Item<K, V> item = seat.getAndSet(null);
      if (item == null) {
        item = main.poll();
      }
      if (item == null) {
        return null;
      }
      if (item.isGone()) {
        forget();
      } else if (item.uses() > 0 && requeues++ < MAX_REQUEUES) {
        credit(item, 1);
        item.unuse();
        main.add(item);
      } else {
        return item;
      }
    }
  }

  private void reseat(Item<K, V> victim) {
    if (!seat.compareAndSet(null, victim)) {
      main.add(victim);
    }
  }

  /// Decides whether a newcomer may stay in place of victims of the main queue, and evicts those if
  /// so.
  ///
  /// It must have been asked for more often than all together whose room it needs (the aggregated
  /// victims of Einziger, Eytan, Friedman, Manes: *Lightweight robust size aware cache management*,
  /// ACM TOS 18 (2022)): a heavy item has to be worth as much as the many light ones.
  private boolean winsContest(Item<K, V> newcomer, Consumer<Item<K, V>> evict) {
    Item<K, V> seated = seat.get();
    if (seated != null && seated.isUnused() && lead(newcomer, seated) <= 0) {
      // The usual case, in which nothing that threads share is written.
      return false;
    }
    Item<K, V> first = nextVictim();
    if (first == null) {
      return false;
    }
    int lead = lead(newcomer, first);
    long missing = weight() - capacity - first.weight();
    if (lead <= 0 || (missing > 0 && !beatsMore(lead, missing, evict))) {
      reseat(first);
      return false;
    }
    evictMain(first, evict);
    return true;
  }

  private int lead(Item<K, V> newcomer, Item<K, V> victim) {
    return sketch.frequency(hashOf(newcomer)) - MARGIN - sketch.frequency(hashOf(victim));
  }

  /// Decides whether a lead suffices for further victims of a total weight, and evicts them if so.
  private boolean beatsMore(int lead, long weight, Consumer<Item<K, V>> evict) {
    List<Item<K, V>> victims = new ArrayList<>();
    int left = lead;
    long missing = weight;
    while (missing > 0 && left > 0) {
      Item<K, V> victim = nextVictim();
      if (victim == null) {
        break;
      }
      missing -= victim.weight();
      int frequency = sketch.frequency(hashOf(victim));
      left -= frequency;
      if (frequency == 0) {
        // Worth nothing to anyone, and so that at most 15 need a place in the list.
        evictMain(victim, evict);
      } else {
        victims.add(victim);
      }
    }
    boolean wins = missing <= 0 && left > 0;
    for (Item<K, V> victim : victims) {
      if (wins) {
        evictMain(victim, evict);
      } else {
        reseat(victim);
      }
    }
    return wins;
  }

  /// Takes ghosts out of the queues when there are too many, so that memory stays bounded where
  /// items are removed and put without any ever having to be evicted. One thread does it, in time
  /// proportional to the ghosts; so each removal pays for a few of them.
  void sweepIfDue(long items) {
    if (ghosts.get() > MIN_GHOSTS + items / 2 && sweeping.compareAndSet(false, true)) {
      try {
        rotate(small);
        rotate(main);
      } finally {
        sweeping.set(false);
      }
    }
  }

  /// Sends all that a queue holds round once, which keeps the order, and drops the ghosts.
  private void rotate(Fifo<Item<K, V>> queue) {
    for (long left = queue.size(); left > 0; left--) {
      Item<K, V> item = queue.poll();
      if (item == null) {
        return;
      }
      if (item.isGone()) {
        forget();
      } else {
        queue.add(item);
      }
    }
  }
}
