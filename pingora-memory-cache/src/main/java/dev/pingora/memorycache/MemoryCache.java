// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static java.util.Objects.requireNonNull;

import dev.pingora.tinyufo.TinyUfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// A cache in memory whose values expire.
///
/// **Idea.** What is kept when room gets short is [TinyUfo]'s to decide; this adds a time to live,
/// as a moment beside the value. Nobody looks for expired values: one stays until it is overwritten
/// or evicted, so that it can be served stale, and counts towards the capacity like any other. One
/// that nobody asks for is soon evicted.
///
/// **Invariant.** A value is fresh until the clock, which may start anywhere and overflow, is its
/// time to live past the put. Keys are kept in full and compared by `equals`.
///
/// **Cost.** [TinyUfo]'s, 32 bytes a value, and a reading of the clock for those that expire. A hit
/// allocates its answer and nothing else. Any thread may call anything, and nothing waits.
///
/// {@snippet :
/// MemoryCache<String, Page> pages = MemoryCache.of(10_000);
/// pages.put("/", page, Duration.ofMinutes(1));
/// Answer<Page> answer = pages.get("/");
/// }
public final class MemoryCache<K, V> {
  /// Beyond this a value lasts for ever: 146 years, half of what a clock of nanoseconds can tell
  /// apart.
  private static final Duration LONGEST_TTL = Duration.ofNanos(Long.MAX_VALUE / 2);

  /// What [TinyUfo] can estimate for.
  private static final int MAX_ITEMS = 1 << 28;

  private final TinyUfo<K, Timed<V>> cache;
  private final ToIntFunction<? super V> weigher;
  private final LongSupplier nanoClock;

  /// A value and when its time is up, in nanoseconds of the clock; `lasting` ones never expire.
  private record Timed<V>(V value, boolean lasting, long expiresAt) {}

  private MemoryCache(
      long capacity, int estimatedItems, ToIntFunction<? super V> weigher, LongSupplier nanoClock) {
    this.cache = TinyUfo.of(capacity, estimatedItems);
    this.weigher = weigher;
    this.nanoClock = nanoClock;
  }

  /// {@return a cache of a number of items (0..268,435,456)}
  public static <K, V> MemoryCache<K, V> of(int items) {
    return of(items, System::nanoTime);
  }

  /// As [#of(int)] with a clock that counts nanoseconds from any origin.
  public static <K, V> MemoryCache<K, V> of(int items, LongSupplier nanoClock) {
    requireNonNull(nanoClock, "nanoClock");
    if (items < 0 || items > MAX_ITEMS) {
      throw new IllegalArgumentException("items: " + items + " (expected: 0.." + MAX_ITEMS + ")");
    }
    return new MemoryCache<>(items, Math.max(1, items), _ -> 1, nanoClock);
  }

  /// {@return a cache of a total weight}
  ///
  /// @param capacity the greatest total weight, in the weigher's unit (0 or more)
  /// @param estimatedItems about how many values that will be (1 or more)
  /// @param weigher the weight of a value (1 or more), asked once when it is put
  public static <K, V> MemoryCache<K, V> weighted(
      long capacity, int estimatedItems, ToIntFunction<? super V> weigher, LongSupplier nanoClock) {
    requireNonNull(weigher, "weigher");
    requireNonNull(nanoClock, "nanoClock");
    return new MemoryCache<>(capacity, estimatedItems, weigher, nanoClock);
  }

  /// {@return a value if it is fresh, with status hit, miss or expired}
  public Answer<V> get(K key) {
    Timed<V> timed = cache.get(key);
    if (timed == null) {
      return Answer.miss();
    }
    return overdue(timed) >= 0 ? Answer.expired() : new Answer<>(timed.value(), CacheStatus.HIT);
  }

  /// {@return a value be it fresh or not, with status hit, miss or stale}
  public Answer<V> getStale(K key) {
    Timed<V> timed = cache.get(key);
    if (timed == null) {
      return Answer.miss();
    }
    long overdue = overdue(timed);
    return new Answer<>(
        timed.value(),
        overdue >= 0 ? CacheStatus.stale(Duration.ofNanos(overdue)) : CacheStatus.HIT);
  }

  /// {@return nanoseconds since a value expired, negative while it is fresh}
  private long overdue(Timed<V> timed) {
    return timed.lasting() ? Long.MIN_VALUE : nanoClock.getAsLong() - timed.expiresAt();
  }

  /// {@return the answers of [#get] for keys in their order}
  public List<Answer<V>> multiGet(Collection<? extends K> keys) {
    List<Answer<V>> answers = new ArrayList<>(keys.size());
    for (K key : keys) {
      answers.add(get(key));
    }
    return answers;
  }

  /// Keeps a value until it is evicted.
  public void put(K key, V value) {
    put(key, value, null);
  }

  /// Keeps a value for a while.
  ///
  /// If this throws for the weight of a value, nothing is kept: what was there before is outdated.
  ///
  /// @param ttl the time to live; null for ever; with zero nothing is kept, nor what was there
  ///   before
  /// @throws IllegalArgumentException if the time is negative or the weigher says less than 1 or
  ///   more than [TinyUfo#MAX_WEIGHT]
  public void put(K key, V value, @Nullable Duration ttl) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    requireTtl(ttl);
    if (ttl != null && ttl.isZero()) {
      cache.remove(key);
      return;
    }
    Timed<V> timed =
        ttl == null || ttl.compareTo(LONGEST_TTL) > 0
            ? new Timed<>(value, true, 0)
            : new Timed<>(value, false, nanoClock.getAsLong() + ttl.toNanos());
    boolean isWeighed = false;
    try {
      cache.put(key, timed, weigher.applyAsInt(value));
      isWeighed = true;
    } finally {
      if (!isWeighed) {
        cache.remove(key);
      }
    }
  }

  static void requireTtl(@Nullable Duration ttl) {
    if (ttl != null && ttl.isNegative()) {
      throw new IllegalArgumentException("ttl: " + ttl + " (expected: 0 or more)");
    }
  }

  /// Keeps what was loaded, for as long as the loader or else the caller said.
  ///
  /// @throws LoadException when the weigher does not know what to make of it
  void keep(K key, Loaded<V> loaded, @Nullable Duration ttl) throws LoadException {
    try {
      put(key, loaded.value(), loaded.ttl() != null ? loaded.ttl() : ttl);
    } catch (RuntimeException e) {
      throw new LoadException("the value cannot be kept", e);
    }
  }

  /// Lets go of a key.
  ///
  /// @return the value if it was there and fresh
  public Answer<V> remove(K key) {
    Timed<V> timed = cache.remove(key);
    if (timed == null) {
      return Answer.miss();
    }
    return overdue(timed) >= 0 ? Answer.expired() : new Answer<>(timed.value(), CacheStatus.HIT);
  }

  /// {@return how many values there are, expired ones included}
  public long size() {
    return cache.size();
  }
}
