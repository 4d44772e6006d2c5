// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One call of [ReadThroughCache#multiGet]: what is cached is taken, what others load is waited
/// for, and the rest is loaded at once. Loading comes before waiting, so two calls that each lead
/// keys of the other cannot block each other. Confined to its thread.
final class MultiGet<K, V> {
  private final MemoryCache<K, V> cache;
  private final Flights<K, V> flights;
  private final ReadThroughOptions options;
  private final @Nullable Duration ttl;
  private final MultiLoader<K, V> loader;
  private final Map<K, Answer<V>> answers = new HashMap<>();

  MultiGet(
      MemoryCache<K, V> cache,
      Flights<K, V> flights,
      ReadThroughOptions options,
      @Nullable Duration ttl,
      MultiLoader<K, V> loader) {
    this.cache = cache;
    this.flights = flights;
    this.options = options;
    this.ttl = ttl;
    this.loader = loader;
  }

  List<Answer<V>> answers(List<K> keys) throws LoadException, InterruptedException {
    Set<K> open = new LinkedHashSet<>(keys);
    while (!open.isEmpty()) {
      open = pass(open);
    }
    List<Answer<V>> ordered = new ArrayList<>(keys.size());
    for (K key : keys) {
      ordered.add(requireNonNull(answers.get(key), "an answer for every key"));
    }
    return ordered;
  }

  /// Answers keys.
  ///
  /// @return those whose leader gave up: to be tried again
  private Set<K> pass(Set<K> keys) throws LoadException, InterruptedException {
    Map<K, Flight<V>> own = new LinkedHashMap<>();
    Map<K, Flight<V>> others = new LinkedHashMap<>();
    try {
      for (K key : keys) {
        sort(key, own, others);
      }
      lead(own);
    } finally {
      own.forEach(flights::abandon);
    }
    return await(others);
  }

  private void sort(K key, Map<K, Flight<V>> own, Map<K, Flight<V>> others) {
    if (isCached(key)) {
      return;
    }
    Flight<V> flight = new Flight<>(options.nanoClock().getAsLong());
    Flight<V> other = flights.join(key, flight);
    if (other != null) {
      others.put(key, other);
    } else if (isCached(key)) {
      // Another leader finished between the two looks.
      flights.abandon(key, flight);
    } else {
      own.put(key, flight);
    }
  }

  private boolean isCached(K key) {
    Answer<V> cached = cache.get(key);
    answers.put(key, cached);
    return cached.value() != null;
  }

  private void lead(Map<K, Flight<V>> own) throws LoadException, InterruptedException {
    if (own.isEmpty()) {
      return;
    }
    List<K> keys = List.copyOf(own.keySet());
    try {
      List<Loaded<V>> loaded = load(keys);
      for (int i = 0; i < keys.size(); i++) {
        K key = keys.get(i);
        V value = loaded.get(i).value();
        cache.keep(key, loaded.get(i), ttl);
        flights.land(key, requireNonNull(own.remove(key)), value);
        answerLoaded(key, value);
      }
    } catch (LoadException e) {
      own.forEach((key, flight) -> flights.fail(key, flight, e.reason()));
      throw e;
    }
  }

  /// Answers with the status of the look that found nothing fresh.
  private void answerLoaded(K key, V value) {
    CacheStatus status = requireNonNull(answers.get(key)).status();
    answers.put(key, new Answer<>(value, status));
  }

  /// Waits for what others load, all within one timeout, and loads what took too long.
  private Set<K> await(Map<K, Flight<V>> others) throws LoadException, InterruptedException {
    Set<K> again = new LinkedHashSet<>();
    List<K> late = new ArrayList<>();
    long startedAt = System.nanoTime();
    for (Map.Entry<K, Flight<V>> entry : others.entrySet()) {
      K key = entry.getKey();
      Flight<V> other = entry.getValue();
      if (!isWaitedFor(other, startedAt)) {
        late.add(key);
      } else if (other.value() != null) {
        answers.put(key, new Answer<>(other.value(), CacheStatus.LOCK_HIT));
      } else if (other.failure() != null) {
        throw new LoadException("a load that was waited for failed", other.failure());
      } else {
        again.add(key);
      }
    }
    loadLate(late);
    return again;
  }

  private boolean isWaitedFor(Flight<V> other, long startedAt) throws InterruptedException {
    Duration waited = Duration.ofNanos(System.nanoTime() - startedAt);
    Duration left = options.lockTimeout().minus(waited);
    return !other.isOlderThan(options.lockAge(), options.nanoClock().getAsLong())
        && other.await(left.isNegative() ? Duration.ZERO : left);
  }

  /// Others hold the flights of these keys, so the values are not kept.
  private void loadLate(List<K> late) throws LoadException, InterruptedException {
    if (!late.isEmpty()) {
      List<Loaded<V>> loaded = load(late);
      for (int i = 0; i < late.size(); i++) {
        answerLoaded(late.get(i), loaded.get(i).value());
      }
    }
  }

  private List<Loaded<V>> load(List<K> keys) throws LoadException, InterruptedException {
    try {
      List<Loaded<V>> loaded = List.copyOf(loader.load(keys));
      if (loaded.size() != keys.size()) {
        throw new IllegalStateException(
            "the loader returned " + loaded.size() + " values for " + keys.size() + " keys");
      }
      return loaded;
    } catch (InterruptedException cancelled) {
      throw cancelled;
    } catch (Exception e) {
      throw new LoadException("loading failed", e);
    }
  }
}
