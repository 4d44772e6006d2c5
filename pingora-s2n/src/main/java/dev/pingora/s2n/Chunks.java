// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import java.util.concurrent.atomic.AtomicLongArray;

/// Native memory for octets on their way, for all sessions of a library.
///
/// Pieces of the size of a record come and go with each record, so a few are kept: at most [#KEPT]
/// of [#CHUNK] octets, 1.3 MB. Others are the C allocator's at once.
///
/// Thread-safe and lock-free: who finds no piece in some tries asks the allocator.
final class Chunks {
  /// A record of the largest size, and what is around it.
  static final int CHUNK = 20 * 1024;

  private static final int KEPT = 64;
  private static final int TRIES = 4;

  /// Less is not worth keeping.
  private static final int SMALL = 1024;

  private final SystemCalls system;

  /// Addresses, 0 where there is none.
  private final AtomicLongArray kept = new AtomicLongArray(KEPT);

  Chunks(SystemCalls system) {
    this.system = system;
  }

  /// {@return how much is given when so much is asked for}
  static int size(int wanted) {
    return wanted <= SMALL ? SMALL : Math.max(wanted, CHUNK);
  }

  /// {@return the address of `size` octets, as [#size] says; 0 when there are none}
  long take(int size) {
    if (size == CHUNK) {
      int start = place();
      for (int i = 0; i < TRIES; i++) {
        int at = start + i & KEPT - 1;
        if (kept.getPlain(at) != 0) {
          long address = kept.getAndSet(at, 0);
          if (address != 0) {
            return address;
          }
        }
      }
    }
    return system.allocate(size);
  }

  /// Takes back what [#take] gave; once.
  void give(long address, int size) {
    if (size == CHUNK) {
      int start = place();
      for (int i = 0; i < TRIES; i++) {
        int at = start + i & KEPT - 1;
        if (kept.getPlain(at) == 0 && kept.compareAndSet(at, 0, address)) {
          return;
        }
      }
    }
    system.release(address);
  }

  /// {@return where this thread looks first, so that threads seldom meet}
  private static int place() {
    return (int) Thread.currentThread().threadId() * TRIES;
  }
}
