// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.nio.ByteBuffer;

/// Where encoded frames go: the connection thread's output buffer, supplied by the engine.
///
/// Threads: called by the connection thread only, always as `reserve`, writes, `commit`. The
/// connection bounds what it puts here: DATA only while it [takes some][#takesContent] and
/// [#pendingBytes] is below [Http2Limits#maxPendingOutput], answers to control frames up to
/// [Http2Limits#maxUnsentReplies], field sections by the number of streams.
public interface FrameSink {
  /// {@return a buffer, big-endian, with room for at least `bytes` at its position}
  ///
  /// The buffer is the sink's own and is lent until [#commit]. At most one maximal frame (16,393
  /// bytes unless the peer allows larger ones) is asked for at once.
  ByteBuffer reserve(int bytes);

  /// Says that `bytes` have been written into the reserved buffer, whose position has moved by as
  /// much.
  void commit(int bytes);

  /// {@return the bytes committed that the transport has not taken yet}
  int pendingBytes();

  /// {@return whether there is room for a frame of content} DATA waits for that, whatever is
  /// pending; the next [Http2Connection#flush] asks again. Other frames do not wait.
  boolean takesContent();
}
