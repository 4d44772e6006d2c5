// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.MemorySegment;

/// Octets on their way through a session, in native memory: first in, first out.
///
/// There is memory only while there are octets, so that an idle connection holds none. One owner
/// thread; [#free] when it is done.
final class Octets {
  private final Chunks chunks;

  /// 0 while there are none.
  private long address;

  private int capacity;
  private int head;
  private int tail;

  Octets(Chunks chunks) {
    this.chunks = chunks;
  }

  /// {@return for how many there is memory}
  int capacity() {
    return capacity;
  }

  /// {@return how many there are}
  int size() {
    return tail - head;
  }

  /// Makes room for so many more at once.
  ///
  /// @return whether there is as much memory
  boolean expect(int more) {
    if (tail + more <= capacity) {
      return true;
    }
    int size = size();
    int wanted = Chunks.size(size + more);
    if (wanted <= capacity) {
      move(address);
      return true;
    }
    long fresh = chunks.take(wanted);
    if (fresh == 0) {
      return false;
    }
    move(fresh);
    release();
    address = fresh;
    capacity = wanted;
    head = 0;
    tail = size;
    return true;
  }

  private void move(long to) {
    int size = size();
    // SAFETY: `size` octets from `head` on are ours, and both places hold as many.
    MemorySegment.copy(
        NativeLibrary.MEMORY, JAVA_BYTE, address + head, NativeLibrary.MEMORY, JAVA_BYTE, to, size);
    head = 0;
    tail = size;
  }

  /// Adds octets.
  ///
  /// @return whether there was memory for them
  boolean add(long from, int length) {
    if (!expect(length)) {
      return false;
    }
    // SAFETY: the caller has so many there; room was just made for them.
    MemorySegment.copy(
        NativeLibrary.MEMORY,
        JAVA_BYTE,
        from,
        NativeLibrary.MEMORY,
        JAVA_BYTE,
        address + tail,
        length);
    tail += length;
    return true;
  }

  /// Moves the oldest out.
  ///
  /// @return how many
  int take(long into, int most) {
    int taken = Math.min(size(), most);
    if (taken <= 0) {
      return 0;
    }
    // SAFETY: so many are ours from `head` on, and the caller has room for them.
    MemorySegment.copy(
        NativeLibrary.MEMORY,
        JAVA_BYTE,
        address + head,
        NativeLibrary.MEMORY,
        JAVA_BYTE,
        into,
        taken);
    head += taken;
    if (head == tail) {
      free();
    }
    return taken;
  }

  /// Forgets all and gives the memory back. Idempotent.
  void free() {
    release();
    address = 0;
    capacity = 0;
    head = 0;
    tail = 0;
  }

  private void release() {
    if (address != 0) {
      chunks.give(address, capacity);
    }
  }
}
