// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import java.time.Duration;
import java.util.Arrays;

/// A coarse timer queue for deadlines that rarely fire: a hierarchical timing wheel.
///
/// **Idea.** Nearly every deadline of a proxy is cancelled or moved before it passes, so
/// scheduling, moving and cancelling must cost next to nothing, and precision may be poor. Time is
/// cut into ticks (10 ms). A tick number is read as digits of base 64, and each digit place has a
/// *level* of 64 slots. A timer lies in the level of the highest digit in which its tick differs
/// from the current tick, in the slot of its own digit there: near deadlines at level 0, which is
/// exact to the tick, far ones in a slot that covers 64, 4096, … ticks. When time enters a slot
/// above level 0 its timers *cascade*: each moves to a lower level, and a timer cascades at most
/// once per level. Levels reach as far as a `long` of nanoseconds does, so there is no overflow
/// list.
///
/// ```
/// level 0   [ 0][ 1] ……………… [63]      one tick each       0.64 s ahead
/// level 1   [ 0][ 1] ……………… [63]      64 ticks each       41 s
/// level 2   [ 0][ 1] ……………… [63]      4096 ticks each     44 min
///   …
/// level 6                                                 as far as nanoTime
/// ```
///
/// **Invariants.**
/// 1. A timer in slot *s* of level *k* shares all digits above *k* with the current tick, and *s*
///    is greater than the current digit *k*. Hence the first occupied slot of the lowest occupied
///    level is the earliest (one bit scan per level), any jump in time skips empty slots for free,
///    and all timers of one tick share a slot: they fire in the order they were put there.
/// 2. A timer's slot is never later than its deadline, rounded *up* to a tick; it fires only when
///    the deadline itself has come. So no timer fires early, and none more than a tick late (plus
///    what [#advance] is late).
///
/// **Lazily moved.** Scheduling a timer again for a *later* time writes one field and leaves it in
/// its slot. When that slot's time comes the timer is seen not to be due, and is put where it
/// belongs. So an I/O deadline which each read pushes ahead costs a store per read, and a move per
/// timeout period. Only moving a timer *forward in the queue* relinks it.
///
/// **Cost.** Schedule, move and cancel O(1) with no allocation and no lock; advance O(timers due or
/// cascading). About 18 KiB of list anchors per wheel and nothing that grows: links are in the
/// [Timer]. An empty wheel need not be advanced at all, see [#nanosUntilNext].
///
/// **Threads.** None of it is thread-safe: one thread, a loop, owns the wheel and its timers.
///
/// Paper: G. Varghese, T. Lauck, *Hashed and Hierarchical Timing Wheels*, SOSP 1987, scheme 7. What
/// differs: slots are chosen by differing digits rather than by distance, occupied slots are kept
/// in bitmaps instead of being visited each tick, and timers move lazily.
public final class TimerWheel {
  /// The tick of a wheel unless chosen otherwise: 10 ms, as coarse as Pingora's timers.
  public static final Duration DEFAULT_TICK = Duration.ofMillis(10);

  /// Returned by [#nanosUntilNext] when nothing is scheduled.
  public static final long NEVER = Long.MAX_VALUE;

  /// The farthest a deadline may lie from the present, about 146 years: differences between any two
  /// moments then fit a `long`, even after wrap-around.
  public static final long MAX_DELAY_NANOS = Long.MAX_VALUE / 2;

  /// Bits of a tick number per level; 64 slots, so that a level's occupancy is one `long`.
  private static final int DIGIT_BITS = 6;

  private static final int SLOTS = 1 << DIGIT_BITS;

  private final long tickNanos;
  private final long startNanos;
  private final int levels;

  /// Timers that were already due when scheduled; the next advance fires them.
  private final int dueList;

  /// Timers that the advance under way fires. A list of its own, so that what an action schedules
  /// for "at once" waits for the next advance and cannot keep this one busy for ever.
  private final int firingList;

  /// Anchors of circular lists: 64 per level, then [#dueList] and [#firingList].
  private final Timer[] lists;

  /// One bit per slot that holds a timer.
  private final long[] occupied;

  private long currentTick;
  private long nowNanos;
  private int size;
  private boolean advancing;

  /// An empty wheel with the default tick.
  public TimerWheel(long startNanos) {
    this(startNanos, DEFAULT_TICK);
  }

  /// An empty wheel.
  ///
  /// @param startNanos the present, on the scale of all later calls: a [Ticker]'s value
  /// @param tick precision of the wheel, 1 ns at least
  public TimerWheel(long startNanos, Duration tick) {
    if (!tick.isPositive()) {
      throw new IllegalArgumentException("tick: " + tick + " (expected: > 0)");
    }
    this.tickNanos = tick.toNanos();
    this.startNanos = startNanos;
    this.nowNanos = startNanos;
    int tickBits = Long.SIZE - Long.numberOfLeadingZeros(tickCeiling(Long.MAX_VALUE));
    this.levels = Math.ceilDiv(tickBits, DIGIT_BITS);
    this.dueList = levels * SLOTS;
    this.firingList = dueList + 1;
    this.lists = emptyLists(firingList + 1);
    this.occupied = new long[levels];
  }

  /// {@return the deadline `delayNanos` after `nowNanos`} Delays are cut at [#MAX_DELAY_NANOS], so
  /// that "no limit" may be written as `Long.MAX_VALUE`.
  public static long deadlineAfter(long nowNanos, long delayNanos) {
    return nowNanos + Math.min(delayNanos, MAX_DELAY_NANOS);
  }

  /// Sets the deadline of a timer, whether it is scheduled already or not.
  ///
  /// A deadline that has passed fires at the next [#advance], never within this call. Moving a
  /// scheduled timer to a later deadline costs one field write.
  ///
  /// @param deadlineNanos at most [#MAX_DELAY_NANOS] from now
  /// @throws IllegalStateException if the timer is scheduled on another wheel
  public void schedule(Timer timer, long deadlineNanos) {
    if (timer.wheel == this) {
      boolean later = deadlineNanos - timer.deadlineNanos >= 0;
      if (later && timer.slot < dueList) {
        timer.deadlineNanos = deadlineNanos;
        return;
      }
      unlink(timer);
    } else {
      adopt(timer);
    }
    timer.deadlineNanos = deadlineNanos;
    long tick = tickOf(deadlineNanos);
    link(timer, tick <= currentTick ? dueList : slotOf(tick));
  }

  /// Takes a timer off the wheel; its action will not run.
  ///
  /// @return whether it was scheduled
  /// @throws IllegalStateException if the timer is scheduled on another wheel
  public boolean cancel(Timer timer) {
    if (timer.wheel == null) {
      return false;
    }
    requireOwn(timer);
    unlink(timer);
    release(timer);
    return true;
  }

  /// Moves time forward and fires every timer that is due: in the order of their ticks, each at
  /// most once. Same as [#advance(long, int)] without a limit.
  public int advance(long nowNanos) {
    return advance(nowNanos, Integer.MAX_VALUE);
  }

  /// Moves time forward and fires at most `limit` of the timers that are due.
  ///
  /// Time that goes backwards counts as no time passed. Timers beyond the limit stay due (and may
  /// still be cancelled). If an action throws, the wheel is intact, the remaining timers stay due,
  /// and the exception is the caller's.
  ///
  /// @return how many actions have run
  /// @throws IllegalStateException if called by an action
  public int advance(long nowNanos, int limit) {
    if (advancing) {
      throw new IllegalStateException("advance called by a timer's action");
    }
    if (size == 0) {
      moveTo(nowNanos);
      return 0;
    }
    advancing = true;
    try {
      collectDue(nowNanos);
      return fire(limit);
    } finally {
      advancing = false;
    }
  }

  /// {@return how long the owner may block before it must advance: 0 if a timer is due, [#NEVER] if
  /// nothing is scheduled}
  ///
  /// Never too long. It may be too short, for a far timer that must cascade or one that was moved
  /// lazily: advancing then fires nothing and is followed by a longer wait.
  public long nanosUntilNext(long nowNanos) {
    if (size == 0) {
      return NEVER;
    }
    int level = lowestOccupied();
    if (level == levels || !isEmptyList(dueList) || !isEmptyList(firingList)) {
      return 0;
    }
    long tick = firstTick(level);
    if (tick > Long.MAX_VALUE / tickNanos) {
      return NEVER;
    }
    return Math.max(0, tick * tickNanos - (nowNanos - startNanos));
  }

  /// {@return how many timers are scheduled}
  public int size() {
    return size;
  }

  /// {@return whether no timer is scheduled}
  public boolean isEmpty() {
    return size == 0;
  }

  private void adopt(Timer timer) {
    if (timer.wheel != null) {
      requireOwn(timer);
    }
    timer.wheel = this;
    size++;
  }

  private void release(Timer timer) {
    timer.wheel = null;
    size--;
  }

  private void requireOwn(Timer timer) {
    if (timer.wheel != this) {
      throw new IllegalStateException("timer is scheduled on another wheel");
    }
  }

  // ---- time -------------------------------------------------------------------------------

  /// The first tick at whose start the deadline has come. Negative before the wheel's start.
  private long tickOf(long deadlineNanos) {
    long sinceStart = deadlineNanos - startNanos;
    if (sinceStart < 0 && deadlineNanos - nowNanos > 0) {
      // In the future, yet more than a long after the start: it cannot come in this wheel's life.
      sinceStart = Long.MAX_VALUE;
    }
    return tickCeiling(sinceStart);
  }

  private long tickCeiling(long sinceStart) {
    return Math.ceilDiv(sinceStart, tickNanos);
  }

  private void moveTo(long nowNanos) {
    if (nowNanos - this.nowNanos > 0) {
      this.nowNanos = nowNanos;
      currentTick = (nowNanos - startNanos) / tickNanos;
    }
  }

  // ---- levels -----------------------------------------------------------------------------

  /// The slot of a tick after the current one (invariant 1).
  private int slotOf(long tick) {
    int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros(tick ^ currentTick)) / DIGIT_BITS;
    int digit = (int) (tick >>> (level * DIGIT_BITS)) & (SLOTS - 1);
    return level * SLOTS + digit;
  }

  /// The level that holds the earliest timers, or `levels` if all are empty.
  private int lowestOccupied() {
    int level = 0;
    while (level < levels && occupied[level] == 0) {
      level++;
    }
    return level;
  }

  /// The tick at which the first occupied slot of a level begins.
  private long firstTick(int level) {
    int shift = level * DIGIT_BITS;
    long digit = Long.numberOfTrailingZeros(occupied[level]);
    long above = shift + DIGIT_BITS < Long.SIZE ? -1L << (shift + DIGIT_BITS) : 0;
    return (currentTick & above) | (digit << shift);
  }

  /// Moves time, and every timer that is due by then to the firing list, in order of ticks.
  private void collectDue(long nowNanos) {
    spill(dueList);
    if (nowNanos - this.nowNanos <= 0) {
      return;
    }
    this.nowNanos = nowNanos;
    long target = (nowNanos - startNanos) / tickNanos;
    for (int level = lowestOccupied(); level < levels; level = lowestOccupied()) {
      long tick = firstTick(level);
      if (tick > target) {
        break;
      }
      int slot = level * SLOTS + Long.numberOfTrailingZeros(occupied[level]);
      currentTick = tick;
      spill(slot);
    }
    currentTick = target;
  }

  /// Empties a list: each timer goes to the firing list if due at the current tick, else to its
  /// slot as seen from there. It is below the one it leaves, unless the timer was moved lazily.
  private void spill(int slot) {
    if (isEmptyList(slot)) {
      return;
    }
    Timer list = lists[slot];
    Timer timer = list.next;
    list.next = list;
    list.prev = list;
    if (slot < dueList) {
      occupied[slot / SLOTS] &= ~(1L << slot);
    }
    while (timer != list) {
      Timer next = timer.next;
      long tick = tickOf(timer.deadlineNanos);
      link(timer, tick <= currentTick ? firingList : slotOf(tick));
      timer = next;
    }
  }

  private int fire(int limit) {
    int fired = 0;
    while (fired < limit && !isEmptyList(firingList)) {
      Timer timer = lists[firingList].next;
      unlink(timer);
      release(timer);
      fired++;
      timer.action.run();
    }
    return fired;
  }

  // ---- lists ------------------------------------------------------------------------------

  private static Timer[] emptyLists(int count) {
    Timer[] lists = new Timer[count];
    Arrays.setAll(lists, _ -> new Timer(() -> {}));
    return lists;
  }

  private boolean isEmptyList(int slot) {
    return lists[slot].next == lists[slot];
  }

  private void link(Timer timer, int slot) {
    Timer list = lists[slot];
    Timer tail = list.prev;
    tail.next = timer;
    timer.prev = tail;
    timer.next = list;
    list.prev = timer;
    timer.slot = slot;
    if (slot < dueList) {
      occupied[slot / SLOTS] |= 1L << slot;
    }
  }

  private void unlink(Timer timer) {
    Timer next = timer.next;
    Timer prev = timer.prev;
    prev.next = next;
    next.prev = prev;
    if (next == prev && timer.slot < dueList) {
      // Only the anchor is its own neighbour on both sides: the list is empty now.
      occupied[timer.slot / SLOTS] &= ~(1L << timer.slot);
    }
    // No reference to a neighbour stays behind, or idle timers would keep each other alive.
    timer.next = timer;
    timer.prev = timer;
  }
}
