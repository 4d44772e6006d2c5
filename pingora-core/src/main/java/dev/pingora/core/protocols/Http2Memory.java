// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.runtime.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// What one HTTP/2 connection keeps in the heap, and what it may keep: its share
/// ([Connection#hold]). The windows and the limits of the protocol allow a connection some 20 MiB;
/// a few dozen clients that read nothing would fill any heap with that.
///
/// - *Content for the client* is not accepted from the streams' threads above half of the share.
/// - *Requests*, header sections and content that nobody took yet: above half of the share the
///   connection is not read.
/// - *Answers to what was read*, spilled by [Http2Output]: there is no holding them back. Above the
///   whole share the connection fails.
///
/// Owned by the connection thread, but for what says otherwise.
final class Http2Memory {
  /// How often to look whether the share has grown, while the connection waits for that.
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /// What any connection may keep of either kind, so that none comes to a standstill.
  private static final long LEAST = 16 * 1024;

  private final Connection connection;
  private final List<Http2Exchange> open = new ArrayList<>();

  /// Response content handed over by streams and not yet framed. Any thread of the connection.
  private final AtomicLong outgoing = new AtomicLong();

  /// What of it is allowed.
  private volatile long allowance = Long.MAX_VALUE;

  /// A stream's thread waits for the allowance.
  private volatile boolean roomWanted;

  private long received;
  private boolean readable = true;
  private boolean waiting;

  Http2Memory(Connection connection) {
    this.connection = connection;
  }

  void opened(Http2Exchange exchange) {
    open.add(exchange);
    received += exchange.receivedBytes();
  }

  void ended(Http2Exchange exchange) {
    if (open.remove(exchange)) {
      received -= exchange.receivedBytes();
    }
  }

  /// An open stream keeps so much more of its request than before.
  void received(long bytes) {
    received += bytes;
  }

  /// Looks at everything anew.
  ///
  /// @param spilled bytes of [Http2Output]
  /// @return false when the connection must end
  boolean look(long spilled) {
    connection.hold(received + spilled + outgoing.get());
    long share = connection.share();
    long half = Math.max(LEAST, share / 2);
    allowance = half;
    readable = received <= half;
    if (roomWanted && hasRoom()) {
      roomWanted = false;
      // Whoever is told runs at once, beside this thread, and may take the room of the next.
      open.forEach(Http2Exchange::lookForRoom);
    }
    waiting = !readable || roomWanted;
    return spilled <= Math.max(2 * LEAST, share);
  }

  /// {@return whether the connection may be read}
  boolean isReadable() {
    return readable;
  }

  /// {@return when to look again at the latest}
  long deadline(long now, long other) {
    long look = now + LOOK_NANOS;
    return waiting && (other == Long.MAX_VALUE || look - other < 0) ? look : other;
  }

  void close() {
    connection.hold(0);
  }

  // --- any thread of the connection ---

  void outgoing(long bytes) {
    outgoing.addAndGet(bytes);
  }

  boolean hasRoom() {
    return outgoing.get() < allowance;
  }

  /// A stream's thread waits for room, or is about to: whether there is some now says nothing, for
  /// another may take it before this one looks again.
  void wantRoom() {
    roomWanted = true;
  }
}
