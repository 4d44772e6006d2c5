// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// A fixed-size block of direct memory with exactly one owner at a time.
///
/// Ownership moves with the reference: pool → event loop (which fills it) → request thread (which
/// reads it) → event loop again (which sends it) → pool. There is no reference count; whoever holds
/// it last gives it back with [BufferPool#release].
final class Buffer {
  /// Bytes between position and limit are the content. Big-endian, direct.
  final ByteBuffer bytes;

  /// The same memory, for those who take segments.
  final MemorySegment segment;

  /// The address of index 0, for the native transports.
  final long address;

  Buffer(int capacity) {
    bytes = ByteBuffer.allocateDirect(capacity);
    segment = MemorySegment.ofBuffer(bytes);
    address = io.netty.channel.unix.Buffer.memoryAddress(bytes);
  }

  int capacity() {
    return bytes.capacity();
  }
}
