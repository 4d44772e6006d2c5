// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Who may send DATA, and how much (RFC 9113 §6.9).
///
/// **Idea.** Nothing is buffered here. A stream offers content; what does not go is left with it,
/// and the stream gets in line. [#flush] takes the streams in turn and lets each send up to
/// [#QUANTUM] bytes, as long as the connection's window and the output have room. So the line is
/// bounded by the number of streams, and one with a slow reader or much content delays nobody.
///
/// A stream whose own window is used up is not in line; WINDOW_UPDATE puts it there.
///
/// Owned by the connection thread.
final class SendFlow {
  /// Bytes of one turn, and of the largest DATA frame: small enough that others wait for less than
  /// a millisecond on a slow link, large enough that frame headers cost nothing.
  private static final int QUANTUM = 16_384;

  private final FrameWriter writer;
  private final FloodGuard guard;
  private final int maxPendingOutput;
  private int window = Wire.DEFAULT_WINDOW;

  // The line of streams that want to send and may, by their own window.
  private @Nullable Http2Stream head;
  private @Nullable Http2Stream tail;

  /// The stream whose turn it is, and what is left of the turn.
  private @Nullable Http2Stream turn;

  private int turnBytes;

  SendFlow(FrameWriter writer, FloodGuard guard, Http2Limits limits) {
    this.writer = writer;
    this.guard = guard;
    maxPendingOutput = limits.maxPendingOutput();
  }

  /// See [Http2Stream#sendData].
  boolean send(Http2Stream stream, ByteBuffer content, boolean endStream) {
    if (!content.hasRemaining()) {
      if (endStream) {
        writer.data(stream.id(), content, 0, true);
      }
      return true;
    }
    while (content.hasRemaining() && mayGoOn(stream)) {
      int count = Math.min(Math.min(window, stream.sendWindow), QUANTUM);
      count = Math.min(count, content.remaining());
      writer.data(stream.id(), content, count, endStream && count == content.remaining());
      window -= count;
      stream.sendWindow -= count;
      turnBytes -= count;
      guard.useful();
    }
    if (content.hasRemaining()) {
      stream.wantsToSend = true;
      enqueue(stream);
      return false;
    }
    return true;
  }

  private boolean mayGoOn(Http2Stream stream) {
    boolean first = head == null || (stream == turn && turnBytes > 0);
    return first && stream.sendWindow > 0 && hasRoom();
  }

  private boolean hasRoom() {
    return window > 0 && writer.pendingBytes() < maxPendingOutput && writer.takesContent();
  }

  /// Lets the streams in line send, one after the other.
  void flush() {
    while (head != null && hasRoom()) {
      Http2Stream stream = head;
      remove(stream);
      turn = stream;
      turnBytes = QUANTUM;
      StreamListener listener = stream.listener;
      if (listener != null) {
        listener.writable();
      }
    }
    turn = null;
  }

  /// Forgets a stream that has been closed.
  void remove(Http2Stream stream) {
    stream.wantsToSend = false;
    if (!stream.queued) {
      return;
    }
    stream.queued = false;
    Http2Stream before = stream.previousReady;
    Http2Stream behind = stream.nextReady;
    if (before == null) {
      head = behind;
    } else {
      before.nextReady = behind;
    }
    if (behind == null) {
      tail = before;
    } else {
      behind.previousReady = before;
    }
    stream.previousReady = null;
    stream.nextReady = null;
  }

  private void enqueue(Http2Stream stream) {
    if (stream.queued || !stream.wantsToSend || stream.sendWindow <= 0) {
      return;
    }
    stream.queued = true;
    stream.previousReady = tail;
    if (tail == null) {
      head = stream;
    } else {
      tail.nextReady = stream;
    }
    tail = stream;
  }

  // ---- windows ----

  /// WINDOW_UPDATE for the connection.
  ///
  /// @return false if the window would exceed 2³¹−1 (§6.9.1)
  boolean widen(int increment) {
    if (increment > Wire.MAX_WINDOW - window) {
      return false;
    }
    window += increment;
    return true;
  }

  /// WINDOW_UPDATE for a stream, or the difference that a new SETTINGS_INITIAL_WINDOW_SIZE makes,
  /// which can be negative and can leave a negative window (§6.9.2).
  ///
  /// @return false if the window would exceed 2³¹−1
  boolean widen(Http2Stream stream, int difference) {
    long widened = (long) stream.sendWindow + difference;
    if (widened > Wire.MAX_WINDOW) {
      return false;
    }
    stream.sendWindow = (int) widened;
    enqueue(stream);
    return true;
  }
}
