// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The loads under way, one a key. A flight leaves the table before its outcome is told: whoever
/// starts over does not meet it again. What it loaded is in the cache by then, so a newcomer finds
/// the one or the other.
final class Flights<K, V> {
  private final ConcurrentHashMap<K, Flight<V>> running = new ConcurrentHashMap<>();

  /// {@return the flight of a key that runs already, null when `own` does from now on}
  @Nullable Flight<V> join(K key, Flight<V> own) {
    Flight<V> other = running.putIfAbsent(key, own);
    if (other != null && other.isOwn()) {
      throw new IllegalStateException("a loader asked for the key that it is loading");
    }
    return other;
  }

  boolean isRunning(K key) {
    return running.containsKey(key);
  }

  void land(K key, Flight<V> flight, V value) {
    running.remove(key, flight);
    flight.land(value);
  }

  /// Tells those who wait of a failure; they start over if it comes of an interrupt, which was
  /// meant for the leader alone.
  void fail(K key, Flight<V> flight, Throwable cause) {
    running.remove(key, flight);
    if (Thread.currentThread().isInterrupted()) {
      flight.abandon();
    } else {
      flight.fail(cause);
    }
  }

  /// Lets those who wait start over. Does nothing to a flight that is over.
  void abandon(K key, Flight<V> flight) {
    running.remove(key, flight);
    flight.abandon();
  }

  /// {@return how many loads are under way}
  int size() {
    return running.size();
  }
}
