// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Buffers that sessions lend while something is under way: an idle session has none. Thread-safe,
/// without locks.
final class Buffers {
  /// The longest record, with its header: what the JDK asks for to wrap one.
  static final int PACKET = 16_709;

  /// Room for a record while another is waiting.
  static final int SIZE = 2 * PACKET;

  /// Kept for the next session: at most 2 MiB in all.
  private static final int KEPT = 64;

  private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
  private final AtomicInteger kept = new AtomicInteger();
  private final AtomicInteger lent = new AtomicInteger();

  /// {@return an empty buffer: position and limit are 0}
  ByteBuffer lend() {
    lent.incrementAndGet();
    @Nullable ByteBuffer buffer = free.poll();
    if (buffer == null) {
      return ByteBuffer.allocate(SIZE).limit(0);
    }
    kept.decrementAndGet();
    return buffer.limit(0);
  }

  /// {@return one twice as large, instead of `buffer` and with its octets}
  ByteBuffer larger(ByteBuffer buffer) {
    lent.incrementAndGet();
    ByteBuffer larger = ByteBuffer.allocate(buffer.capacity() * 2).put(buffer).flip();
    giveBack(buffer);
    return larger;
  }

  /// Takes a buffer back. Larger ones are forgotten.
  void giveBack(ByteBuffer buffer) {
    lent.decrementAndGet();
    if (buffer.capacity() == SIZE && kept.get() < KEPT) {
      kept.incrementAndGet();
      free.add(buffer.clear());
    }
  }

  /// {@return how many wait for the next session}
  int kept() {
    return kept.get();
  }

  /// {@return how many are in use: 0 when nothing leaks and nothing is under way}
  int lent() {
    return lent.get();
  }
}
