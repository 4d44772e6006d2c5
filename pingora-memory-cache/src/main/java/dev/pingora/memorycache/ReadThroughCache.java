// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static java.util.Objects.requireNonNull;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A cache that loads what it lacks, each missing value once.
///
/// **Idea.** When a popular value expires, all who want it find it missing at the same moment, and
/// the origin would see a stampede. Here the first one becomes the *leader* and loads; the others
/// wait for the outcome and share it, value or failure. Waiting parks the thread, which costs a
/// virtual thread next to nothing.
///
/// **Invariant.** A key has at most one leader. Its flight ends however the loader ends, by a
/// value, an exception or an interrupt, so nobody waits for a load that nobody does. A value is in
/// the cache before its flight is over, so between the two no newcomer can slip in and load again.
/// No lock is held while a loader runs.
///
/// **Bounds.** A wait ends after [ReadThroughOptions#lockTimeout], and a load older than
/// [ReadThroughOptions#lockAge] is not waited for; then a caller loads for itself and keeps the
/// result to itself. An interrupted leader gives up alone: one of those who wait takes over. A
/// loader that asks for its own key is told so at once; two that wait for each other's keys end by
/// the timeout.
///
/// {@snippet :
/// ReadThroughCache<String, Page> pages = ReadThroughCache.of(10_000);
/// Page page = pages.get(path, Duration.ofMinutes(1), key -> Loaded.of(render(key))).value();
/// }
public final class ReadThroughCache<K, V> {
  private static final Logger LOG = System.getLogger(ReadThroughCache.class.getName());

  private final MemoryCache<K, V> cache;
  private final ReadThroughOptions options;
  private final Flights<K, V> flights = new Flights<>();
  private final Semaphore refreshes;

  private ReadThroughCache(MemoryCache<K, V> cache, ReadThroughOptions options) {
    this.cache = cache;
    this.options = options;
    this.refreshes = new Semaphore(options.maxRefreshes());
  }

  /// {@return a cache of a number of items (0 or more) with [ReadThroughOptions#DEFAULTS]}
  public static <K, V> ReadThroughCache<K, V> of(int items) {
    return of(items, ReadThroughOptions.DEFAULTS);
  }

  /// {@return a cache of a number of items (0 or more)}
  public static <K, V> ReadThroughCache<K, V> of(int items, ReadThroughOptions options) {
    return over(MemoryCache.of(items, options.nanoClock()), options);
  }

  /// {@return a cache that reads through another, which may have weights}
  public static <K, V> ReadThroughCache<K, V> over(
      MemoryCache<K, V> cache, ReadThroughOptions options) {
    return new ReadThroughCache<>(requireNonNull(cache, "cache"), options);
  }

  /// {@return the cache itself: to put, to remove, to look without loading}
  public MemoryCache<K, V> cache() {
    return cache;
  }

  /// {@return a fresh value, loaded if need be}
  ///
  /// Its status is hit, lock hit when it was waited for, else what the look into the cache gave:
  /// miss or expired.
  ///
  /// @param ttl how long a loaded value is kept unless the loader says otherwise; null for ever,
  ///   zero not at all
  /// @throws LoadException when the loader failed, here or where it was waited for
  /// @throws InterruptedException when the thread is interrupted as it waits or loads
  public Answer<V> get(K key, @Nullable Duration ttl, Loader<? super K, V> loader)
      throws LoadException, InterruptedException {
    MemoryCache.requireTtl(ttl);
    Answer<V> cached = cache.get(key);
    return cached.value() != null ? cached : load(key, ttl, loader, cached.status());
  }

  /// As [#get], but a value that expired no longer than `maxStale` ago does too, with status stale.
  ///
  /// @throws LoadException when the loader failed, here or where it was waited for
  /// @throws InterruptedException when the thread is interrupted as it waits or loads
  public Answer<V> getStale(
      K key, @Nullable Duration ttl, Duration maxStale, Loader<? super K, V> loader)
      throws LoadException, InterruptedException {
    MemoryCache.requireTtl(ttl);
    Answer<V> cached = cache.getStale(key);
    if (cached.value() == null) {
      return load(key, ttl, loader, CacheStatus.MISS);
    }
    boolean serves =
        cached.status().staleAge().map(age -> age.compareTo(maxStale) <= 0).orElse(true);
    return serves ? cached : load(key, ttl, loader, CacheStatus.EXPIRED);
  }

  /// As [#getStale], and a stale answer has the value loaded anew in the background, once and if
  /// there are not too many such loads ([ReadThroughOptions#maxRefreshes]). That this failed is
  /// only logged.
  ///
  /// @throws LoadException when the loader failed, here or where it was waited for
  /// @throws InterruptedException when the thread is interrupted as it waits or loads
  public Answer<V> getStaleWhileUpdate(
      K key, @Nullable Duration ttl, Duration maxStale, Loader<? super K, V> loader)
      throws LoadException, InterruptedException {
    Answer<V> answer = getStale(key, ttl, maxStale, loader);
    if (answer.status().isStale() && !flights.isRunning(key) && refreshes.tryAcquire()) {
      startRefresh(key, ttl, loader);
    }
    return answer;
  }

  private void startRefresh(K key, @Nullable Duration ttl, Loader<? super K, V> loader) {
    AtomicBoolean place = new AtomicBoolean(true);
    boolean accepted = false;
    try {
      options.refresher().execute(() -> refresh(key, ttl, loader, place));
      accepted = true;
    } catch (RuntimeException e) {
      // The caller has its answer, and the next one may do the loading.
      LOG.log(Level.DEBUG, "a refresh was not accepted", e);
    } finally {
      if (!accepted) {
        free(place);
      }
    }
  }

  private void refresh(
      K key, @Nullable Duration ttl, Loader<? super K, V> loader, AtomicBoolean place) {
    try {
      get(key, ttl, loader);
    } catch (LoadException e) {
      LOG.log(Level.DEBUG, "a refresh failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      free(place);
    }
  }

  /// Frees the place of a refresh, once: an executor may run it and fail all the same.
  private void free(AtomicBoolean place) {
    if (place.getAndSet(false)) {
      refreshes.release();
    }
  }

  /// {@return the answers for keys in their order, all that are missing loaded by one call}
  ///
  /// Keys that others are loading are waited for instead. Keys may repeat.
  ///
  /// @throws LoadException when the loader failed, here or where one of the keys was waited for
  /// @throws InterruptedException when the thread is interrupted as it waits or loads
  public List<Answer<V>> multiGet(
      Collection<? extends K> keys, @Nullable Duration ttl, MultiLoader<K, V> loader)
      throws LoadException, InterruptedException {
    MemoryCache.requireTtl(ttl);
    MultiGet<K, V> work = new MultiGet<>(cache, flights, options, ttl, loader);
    return work.answers(List.copyOf(keys));
  }

  private Answer<V> load(
      K key, @Nullable Duration ttl, Loader<? super K, V> loader, CacheStatus status)
      throws LoadException, InterruptedException {
    while (true) {
      Flight<V> own = new Flight<>(options.nanoClock().getAsLong());
      Flight<V> other = flights.join(key, own);
      if (other == null) {
        return lead(key, ttl, loader, status, own);
      }
      if (!isWaitedFor(other)) {
        return new Answer<>(loadAlone(key, loader).value(), status);
      }
      if (other.value() != null) {
        return new Answer<>(other.value(), CacheStatus.LOCK_HIT);
      }
      if (other.failure() != null) {
        throw new LoadException("the load that was waited for failed", other.failure());
      }
    }
  }

  /// {@return whether a flight was over in time}
  private boolean isWaitedFor(Flight<V> other) throws InterruptedException {
    return !other.isOlderThan(options.lockAge(), options.nanoClock().getAsLong())
        && other.await(options.lockTimeout());
  }

  private Answer<V> lead(
      K key, @Nullable Duration ttl, Loader<? super K, V> loader, CacheStatus status, Flight<V> own)
      throws LoadException, InterruptedException {
    try {
      // Another leader may have finished between the look into the cache and the start of this
      // flight.
      Answer<V> again = cache.get(key);
      V known = again.value();
      if (known != null) {
        flights.land(key, own, known);
        return again;
      }
      Loaded<V> loaded = loadAlone(key, loader);
      cache.keep(key, loaded, ttl);
      flights.land(key, own, loaded.value());
      return new Answer<>(loaded.value(), status);
    } catch (LoadException e) {
      flights.fail(key, own, e.reason());
      throw e;
    } finally {
      // Whatever else ended this, an interrupt or an error: nobody may wait for it.
      flights.abandon(key, own);
    }
  }

  private Loaded<V> loadAlone(K key, Loader<? super K, V> loader)
      throws LoadException, InterruptedException {
    try {
      return requireNonNull(loader.load(key), "the loader returned null");
    } catch (InterruptedException cancelled) {
      throw cancelled;
    } catch (Exception e) {
      throw new LoadException("loading failed", e);
    }
  }

  /// {@return the loads under way}
  int loading() {
    return flights.size();
  }
}
