// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Native memory for one record in each direction, lent for one call: an idle engine holds none.
///
/// The buffers are views of the segments; only their absolute methods are used.
final class Scratch {
  /// The longest record that the JDK's engine expects, header included; more than RFC 8446 §5.2 and
  /// the AEAD suites of RFC 5246 can fill.
  static final int PACKET = 16_709;

  final MemorySegment in;
  final ByteBuffer inBuffer;
  final MemorySegment out;
  final ByteBuffer outBuffer;

  private Scratch() {
    // Freed by the garbage collector: an arena to close costs more than a record.
    MemorySegment memory = Arena.ofAuto().allocate(2L * PACKET);
    in = memory.asSlice(0, PACKET);
    out = memory.asSlice(PACKET, PACKET);
    inBuffer = in.asByteBuffer();
    outBuffer = out.asByteBuffer();
  }

  /// Those not lent at the moment. Thread-safe, without locks.
  static final class Pool {
    /// Kept for later: at most 0.5 MiB in all.
    private static final int KEPT = 16;

    private final ConcurrentLinkedQueue<Scratch> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger kept = new AtomicInteger();

    Pool() {}

    Scratch lend() {
      @Nullable Scratch scratch = free.poll();
      if (scratch == null) {
        return new Scratch();
      }
      kept.decrementAndGet();
      return scratch;
    }

    void giveBack(Scratch scratch) {
      if (kept.get() < KEPT) {
        kept.incrementAndGet();
        free.add(scratch);
      }
    }
  }
}
