// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import java.util.ArrayList;
import java.util.List;

/// Streams whose threads have left before the client took the whole answer: what is left goes when
/// the windows open, and each is given up when nothing went for the write timeout. Connection
/// thread.
final class Http2Lingering {
  private final long writeNanos;
  private final List<Left> streams = new ArrayList<>();

  /// A stream, and when it got on last.
  private static final class Left {
    final Http2Exchange exchange;
    long progress;
    long since;

    Left(Http2Exchange exchange, long now) {
      this.exchange = exchange;
      this.progress = exchange.progress();
      this.since = now;
    }
  }

  /// @param writeNanos longest wait for progress, 0 = no limit
  Http2Lingering(long writeNanos) {
    this.writeNanos = writeNanos;
  }

  void add(Http2Exchange exchange, long now) {
    streams.add(new Left(exchange, now));
  }

  void remove(Http2Exchange exchange) {
    streams.removeIf(left -> left.exchange == exchange);
  }

  /// Gives up what stands still.
  void look(long now) {
    if (streams.isEmpty() || writeNanos <= 0) {
      return;
    }
    List<Http2Exchange> late = new ArrayList<>();
    for (Left left : streams) {
      if (left.progress != left.exchange.progress()) {
        left.progress = left.exchange.progress();
        left.since = now;
      } else if (left.since + writeNanos - now <= 0) {
        late.add(left.exchange);
      }
    }
    late.forEach(exchange -> {
      remove(exchange);
      exchange.giveUp();
    });
  }

  /// {@return when to look at the latest}
  long deadline(long other) {
    long first = other;
    for (int i = 0; i < streams.size() && writeNanos > 0; i++) {
      long own = streams.get(i).since + writeNanos;
      first = first == Long.MAX_VALUE || own - first < 0 ? own : first;
    }
    return first;
  }
}
