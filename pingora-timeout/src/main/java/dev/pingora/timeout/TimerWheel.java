// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A coarse timer queue for deadlines that rarely fire: a hierarchical timing wheel.
///
/// **Idea.** Nearly every deadline of a proxy is cancelled or moved before it passes, so
/// scheduling, moving and cancelling must cost next to nothing, and precision may be poor. Time is
/// cut into ticks (10 ms). Each *level* is a ring of 256 slots: at level 0 a slot is one tick, at
/// the next 256 ticks, then 65,536, and so on. A timer lies in the lowest level whose ring reaches
/// its tick from now. When time enters a slot above level 0 its timers *cascade*, each to a lower
/// level, so a timer moves at most once per level. Levels reach as far as a `long` of nanoseconds
/// does: there is no overflow list.
///
/// ```
///            slot      ring reaches
/// level 0    10 ms     2.56 s
/// level 1    2.56 s    11 min       most timeouts begin here
/// level 2    11 min    46 h
///   …
/// level 4              as far as nanoTime
/// ```
///
/// **Invariants.**
/// 1. An occupied slot of level *k* is 1 to 255 slots ahead of the one that the current tick is in.
///    So no ring laps itself, and the next thing to do is the earliest among the first occupied
///    slots of all levels: a few bit scans, however far that is.
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
/// cascading), where at most the timers of 2.56 s cascade at once as long as timeouts are below 11
/// minutes. 5 KiB of list heads per wheel and nothing that grows: links are in the [Timer]. An
/// empty wheel need not be advanced at all, see [#nanosUntilNext]; a wheel that is advanced in
/// every turn of a loop costs a few comparisons until its tick ends.
///
/// **Threads.** None of it is thread-safe: one thread, a loop, owns the wheel and its timers.
///
/// Paper: G. Varghese, T. Lauck, *Hashed and Hierarchical Timing Wheels*, SOSP 1987, scheme 7. What
/// differs: occupied slots are kept in bitmaps instead of being visited each tick, rings are as
/// wide as makes cascades small, and timers move lazily.
public final class TimerWheel {
  /// The tick of a wheel unless chosen otherwise: 10 ms, as coarse as Pingora's timers.
  public static final Duration DEFAULT_TICK = Duration.ofMillis(10);

  /// Returned by [#nanosUntilNext] when nothing is scheduled.
  public static final long NEVER = Long.MAX_VALUE;

  /// The farthest a deadline may lie from the present, about 146 years: differences between any two
  /// moments then fit a `long`, even after wrap-around.
  public static final long MAX_DELAY_NANOS = Long.MAX_VALUE / 2;

  private static final Duration LONGEST_TICK = Duration.ofNanos(MAX_DELAY_NANOS);

  /// Bits of a tick number per level. Fewer would make a slot of level 1 reach as far as common
  /// timeouts do, so that all timers cascade together: with 6 bits, each 41 s.
  private static final int LEVEL_BITS = 8;

  private static final int SLOTS = 1 << LEVEL_BITS;

  /// Words of [#occupied] per level.
  private static final int WORDS = SLOTS / Long.SIZE;

  /// "No slot", as a tick: later than any.
  private static final long NO_TICK = Long.MAX_VALUE;

  /// Value of [#firstTick] while it must be looked for.
  private static final long UNKNOWN = -1;

  private final long tickNanos;
  private final long startNanos;

  /// The last tick that begins within a `long` of nanoseconds after the start.
  private final long lastTick;

  private final int levels;

  /// Timers that were already due when scheduled; the next advance fires them.
  private final int dueList;

  /// Timers that the advance under way fires. A list of its own, so that what an action schedules
  /// for "at once" waits for the next advance and cannot keep this one busy for ever.
  private final int firingList;

  /// First timers of circular lists: 256 per level, then [#dueList] and [#firingList].
  private final @Nullable Timer[] heads;

  /// One bit per slot that holds a timer.
  private final long[] occupied;

  private long currentTick;

  /// End of the current tick, since the start. Until then nothing on the wheel can become due, so
  /// that a loop which advances every turn pays a comparison, and a division each 10 ms.
  private long tickEndNanos;

  /// Begin of the first occupied slot, or [#NO_TICK], or [#UNKNOWN].
  private long firstTick = NO_TICK;

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
  /// @param tick precision of the wheel, 1 ns to [#MAX_DELAY_NANOS]
  public TimerWheel(long startNanos, Duration tick) {
    if (!tick.isPositive() || tick.compareTo(LONGEST_TICK) > 0) {
      throw new IllegalArgumentException(
          "tick: " + tick + " (expected: above 0, up to " + LONGEST_TICK + ")");
    }
    this.tickNanos = tick.toNanos();
    this.startNanos = startNanos;
    this.nowNanos = startNanos;
    this.lastTick = Long.MAX_VALUE / tickNanos;
    this.tickEndNanos = tickNanos;
    int tickBits = Long.SIZE - Long.numberOfLeadingZeros(tickCeiling(Long.MAX_VALUE));
    this.levels = Math.ceilDiv(tickBits, LEVEL_BITS);
    this.dueList = levels * SLOTS;
    this.firingList = dueList + 1;
    this.heads = new @Nullable Timer[firingList + 1];
    this.occupied = new long[levels * WORDS];
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

  /// Moves time forward and fires every timer that is due: earlier ticks first, each timer at most
  /// once. Same as [#advance(long, int)] without a limit.
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
    if (heads[dueList] != null || heads[firingList] != null) {
      return 0;
    }
    return Math.max(0, nanosOf(firstTick()) - (nowNanos - startNanos));
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

  /// When a tick begins, since the start.
  private long nanosOf(long tick) {
    return tick > lastTick ? NEVER : tick * tickNanos;
  }

  /// Moves time.
  ///
  /// @return whether another tick has begun
  private boolean moveTo(long nowNanos) {
    long step = nowNanos - this.nowNanos;
    if (step <= 0) {
      return false;
    }
    this.nowNanos = nowNanos;
    return nowNanos - startNanos >= tickEndNanos;
  }

  private void enterTick(long tick) {
    currentTick = tick;
    tickEndNanos = nanosOf(tick + 1);
  }

  // ---- levels -----------------------------------------------------------------------------

  /// The slot of a tick after the current one, in the lowest level that reaches it (invariant 1).
  private int slotOf(long tick) {
    int level = 0;
    int shift = 0;
    while ((tick >>> shift) - (currentTick >>> shift) >= SLOTS) {
      level++;
      shift += LEVEL_BITS;
    }
    return level * SLOTS + ((int) (tick >>> shift) & (SLOTS - 1));
  }

  /// The tick at which the first occupied slot of any level begins, or [#NO_TICK].
  private long firstTick() {
    if (firstTick == UNKNOWN) {
      firstTick = NO_TICK;
      for (int level = 0; level < levels; level++) {
        int ahead = slotsAhead(level);
        if (ahead > 0) {
          int shift = level * LEVEL_BITS;
          firstTick = Math.min(firstTick, ((currentTick >>> shift) + ahead) << shift);
        }
      }
    }
    return firstTick;
  }

  /// The tick at which a slot begins, the next time that it does.
  private long tickOfSlot(int slot) {
    int shift = slot / SLOTS * LEVEL_BITS;
    long position = currentTick >>> shift;
    return (position + ((slot - position) & (SLOTS - 1))) << shift;
  }

  /// How many slots ahead the first occupied one of a level is; 0 if there is none.
  private int slotsAhead(int level) {
    int from = (int) (currentTick >>> (level * LEVEL_BITS)) & (SLOTS - 1);
    int word = level * WORDS;
    for (int i = 0; i <= WORDS; i++) {
      // Word by word round the ring; the first one a second time, for the slots before `from`.
      long bits = occupied[word + ((from / Long.SIZE + i) & (WORDS - 1))];
      if (i == 0) {
        bits &= -1L << from;
      }
      if (bits != 0) {
        int slot = (from & -Long.SIZE) + i * Long.SIZE + Long.numberOfTrailingZeros(bits);
        return slot - from;
      }
    }
    return 0;
  }

  /// Moves time, and every timer that is due by then to the firing list, in order of ticks.
  private void collectDue(long nowNanos) {
    spill(dueList);
    if (!moveTo(nowNanos)) {
      return;
    }
    // Of ticks of a nanosecond there are as many as a long can tell, and the last means "none".
    long target = Math.min((nowNanos - startNanos) / tickNanos, NO_TICK - 1);
    while (firstTick() <= target) {
      enterTick(firstTick);
      enterSlots();
    }
    enterTick(target);
  }

  /// Empties the slots of all levels that begin at the current tick.
  private void enterSlots() {
    for (int level = levels - 1; level >= 0; level--) {
      int shift = level * LEVEL_BITS;
      if (currentTick >>> shift << shift == currentTick) {
        spill(level * SLOTS + ((int) (currentTick >>> shift) & (SLOTS - 1)));
      }
    }
  }

  /// Empties a list: each timer goes to the firing list if due at the current tick, else to its
  /// slot as seen from there. It is below the one it leaves, unless the timer was moved lazily.
  private void spill(int list) {
    Timer head = heads[list];
    if (head == null) {
      return;
    }
    heads[list] = null;
    markEmpty(list);
    Timer timer = head;
    do {
      Timer next = timer.next;
      long tick = tickOf(timer.deadlineNanos);
      link(timer, tick <= currentTick ? firingList : slotOf(tick));
      timer = next;
    } while (timer != head);
  }

  private int fire(int limit) {
    int fired = 0;
    while (fired < limit) {
      Timer timer = heads[firingList];
      if (timer == null) {
        break;
      }
      unlink(timer);
      release(timer);
      fired++;
      timer.action.run();
    }
    return fired;
  }

  // ---- lists ------------------------------------------------------------------------------

  private void link(Timer timer, int list) {
    Timer head = heads[list];
    timer.slot = list;
    if (head == null) {
      timer.next = timer;
      timer.prev = timer;
      heads[list] = timer;
      markOccupied(list);
    } else {
      Timer tail = head.prev;
      tail.next = timer;
      timer.prev = tail;
      timer.next = head;
      head.prev = timer;
    }
  }

  private void unlink(Timer timer) {
    int list = timer.slot;
    Timer next = timer.next;
    if (next == timer) {
      heads[list] = null;
      markEmpty(list);
      return;
    }
    Timer prev = timer.prev;
    prev.next = next;
    next.prev = prev;
    if (heads[list] == timer) {
      heads[list] = next;
    }
    // No reference to a neighbour stays behind, or idle timers would keep each other alive.
    timer.next = timer;
    timer.prev = timer;
  }

  private void markOccupied(int list) {
    if (list < dueList) {
      occupied[list / Long.SIZE] |= 1L << list;
      if (firstTick != UNKNOWN) {
        firstTick = Math.min(firstTick, tickOfSlot(list));
      }
    }
  }

  private void markEmpty(int list) {
    if (list < dueList) {
      occupied[list / Long.SIZE] &= ~(1L << list);
      if (firstTick == tickOfSlot(list)) {
        firstTick = UNKNOWN;
      }
    }
  }
}
