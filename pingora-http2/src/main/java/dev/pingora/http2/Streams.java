// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The streams of a connection that are not closed, by identifier, and what is remembered of those
/// that are.
///
/// Only one side opens streams, as push is off: the client, with odd identifiers (RFC 9113 §5.1.1).
///
/// Bounds: the table by the number of concurrent streams, which the callers keep; the memory of
/// closed streams by [#REMEMBERED].
///
/// Owned by the connection thread.
final class Streams {
  /// How the latest streams ended: long enough for what the peer had under way.
  private static final int REMEMBERED = 128;

  private static final int FIRST_BUCKETS = 16;
  private static final int[] NONE = {};

  /// How a stream came to be closed, which decides about late frames (§5.1 "closed").
  enum Ending {
    /// Not among the latest, or never opened.
    UNKNOWN,
    /// By END_STREAM in both directions, or END_STREAM and then RST_STREAM from the peer.
    ENDED,
    RESET_BY_PEER,
    RESET_BY_US
  }

  /// A power of two; streams of one bucket are chained. Grows with the number of open streams.
  private @Nullable Http2Stream[] buckets = new Http2Stream[FIRST_BUCKETS];

  private int open;
  private int unreleased;

  /// The highest identifier of an opened stream; all above are idle.
  private int last;

  // A ring of identifiers and endings; its array is made with the first ending.
  private int[] closedIds = NONE;
  private Ending[] closedHow = {};
  private int closedCount;

  /// {@return how many streams are open or half-closed}
  int open() {
    return open;
  }

  /// {@return how many streams the engine still works on, closed or not}
  int unreleased() {
    return unreleased;
  }

  /// {@return the highest identifier in use so far}
  int last() {
    return last;
  }

  /// Notes that this identifier has been used, with or without a stream in the table.
  void used(int id) {
    last = id;
  }

  /// {@return the stream, or null if it is idle or closed}
  @Nullable Http2Stream find(int id) {
    Http2Stream stream = buckets[bucket(id)];
    while (stream != null && stream.id() != id) {
      stream = stream.nextInBucket;
    }
    return stream;
  }

  /// A stream opens. It is counted until it is closed, and again until it is released.
  void add(Http2Stream stream) {
    if (open == buckets.length) {
      grow();
    }
    insert(stream);
    open++;
    unreleased++;
  }

  /// Takes a stream out that has just been closed.
  void close(Http2Stream stream, Ending ending) {
    int bucket = bucket(stream.id());
    Http2Stream before = null;
    Http2Stream at = buckets[bucket];
    while (at != null && at != stream) {
      before = at;
      at = at.nextInBucket;
    }
    if (before == null) {
      buckets[bucket] = stream.nextInBucket;
    } else {
      before.nextInBucket = stream.nextInBucket;
    }
    stream.nextInBucket = null;
    open--;
    remember(stream.id(), ending);
  }

  void released() {
    unreleased--;
  }

  /// Notes how a stream ended, and forgets the one that ended 128 streams before.
  void remember(int id, Ending ending) {
    if (closedIds.length == 0) {
      closedIds = new int[REMEMBERED];
      closedHow = new Ending[REMEMBERED];
    }
    int at = closedCount++ & REMEMBERED - 1;
    closedIds[at] = id;
    closedHow[at] = ending;
  }

  /// {@return how this stream, which is not in the table, ended}
  Ending endingOf(int id) {
    for (int i = 0; i < closedIds.length; i++) {
      if (closedIds[i] == id) {
        return closedHow[i];
      }
    }
    return Ending.UNKNOWN;
  }

  /// Calls the action with every stream that is open by then; it may close any.
  void forEach(Consumer<Http2Stream> action) {
    List<Http2Stream> all = new ArrayList<>(open);
    for (Http2Stream first : buckets) {
      for (Http2Stream stream = first; stream != null; stream = stream.nextInBucket) {
        all.add(stream);
      }
    }
    for (Http2Stream stream : all) {
      if (!stream.isClosed()) {
        action.accept(stream);
      }
    }
  }

  private int bucket(int id) {
    // Identifiers in use are odd.
    return id >>> 1 & buckets.length - 1;
  }

  private void insert(Http2Stream stream) {
    int bucket = bucket(stream.id());
    stream.nextInBucket = buckets[bucket];
    buckets[bucket] = stream;
  }

  private void grow() {
    @Nullable Http2Stream[] old = buckets;
    buckets = new Http2Stream[old.length * 2];
    for (Http2Stream first : old) {
      Http2Stream stream = first;
      while (stream != null) {
        Http2Stream next = stream.nextInBucket;
        insert(stream);
        stream = next;
      }
    }
  }
}
