// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http2.ErrorCode;
import dev.pingora.http2.Http2Error;
import dev.pingora.http2.Http2Stream;
import dev.pingora.http2.StreamListener;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 stream between its two threads.
///
/// Ownership: `stream` and `outgoing` belong to the connection thread. `incoming` is a lock-free
/// queue towards the stream's thread, bounded by the stream's flow-control window. `trailers` is
/// written before `ended` (volatile). `sent` is written by the connection thread only, `queued` by
/// the stream's thread only.
final class Http2Exchange implements StreamListener {
  /// Octets of response content that may wait for the connection thread.
  private static final long HIGH_WATER = 64 * 1024;

  /// What a piece of response content costs beside its octets: without it, one octet a piece would
  /// fill the heap before it fills [#HIGH_WATER].
  private static final int PIECE_BYTES = 128;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Http2Server server;
  private final Http2Stream stream;
  private final Http2Pieces incoming = new Http2Pieces();
  private final Queue<ByteBuffer> outgoing = new ArrayDeque<>();

  private volatile @Nullable RequestThread owner;
  private volatile @Nullable Fields trailers;
  private volatile boolean ended;
  private volatile Http2Error.@Nullable StreamError failure;
  private volatile long sent;
  private volatile boolean roomWanted;
  private long queued;

  // Connection thread only.
  private boolean ending;
  private boolean finished;
  private @Nullable Fields lastFields;

  Http2Exchange(Http2Server server, Http2Stream stream, boolean ended) {
    this.server = server;
    this.stream = stream;
    this.ended = ended;
  }

  // --- the connection thread ---

  @Override
  public void data(ByteBuffer content, boolean endStream) {
    if (content.hasRemaining()) {
      incoming.add(content);
    }
    if (endStream) {
      incoming.handOver();
      ended = true;
    }
    signal();
  }

  @Override
  public void trailers(Fields fields) {
    incoming.handOver();
    trailers = fields;
    ended = true;
    signal();
  }

  @Override
  public void reset(Http2Error.StreamError error) {
    failure = error;
    outgoing.clear();
    signal();
  }

  @Override
  public void writable() {
    pump();
  }

  private void pump() {
    for (ByteBuffer next = outgoing.peek(); next != null; next = outgoing.peek()) {
      int before = next.remaining();
      boolean last = ending && lastFields == null && outgoing.size() == 1;
      boolean all = stream.sendData(next, last);
      // This thread is the only writer.
      long soFar = sent + before - next.remaining();
      sent = all ? soFar + PIECE_BYTES : soFar;
      if (!all) {
        break;
      }
      outgoing.remove();
      finished |= last;
    }
    if (ending && outgoing.isEmpty() && !finished) {
      finish();
    }
    if (roomWanted && hasRoom()) {
      roomWanted = false;
      signal();
    }
  }

  private void finish() {
    Fields fields = lastFields;
    if (fields != null) {
      finished = true;
      stream.sendTrailers(fields);
    } else {
      finished = stream.sendData(NOTHING.duplicate(), true);
    }
  }

  private void signal() {
    RequestThread thread = owner;
    if (thread != null) {
      thread.signal();
    }
  }

  // --- the stream's thread ---

  void attach(RequestThread thread) {
    owner = thread;
  }

  @Nullable ByteBuffer nextPiece() {
    return incoming.poll();
  }

  /// {@return whether nothing more will come} Ask before the last look for a piece.
  boolean isEnded() {
    return ended;
  }

  @Nullable Fields receivedTrailers() {
    return trailers;
  }

  Http2Error.@Nullable StreamError failure() {
    return failure;
  }

  void consumed(int octets) {
    server.post(() -> {
      stream.consumed(octets);
      if (incoming.consumed()) {
        signal();
      }
    });
  }

  void sendHeaders(ResponseHeader response, boolean endOfStream) {
    server.post(() -> {
      finished |= endOfStream && response.status() >= 200;
      stream.sendHeaders(response, endOfStream && response.status() >= 200);
    });
  }

  /// @param content the connection's from here on
  void send(ByteBuffer content) {
    queued += content.remaining() + PIECE_BYTES;
    server.post(() -> {
      if (!stream.isClosed()) {
        outgoing.add(content);
        pump();
      }
    });
  }

  void end(@Nullable Fields fields) {
    server.post(() -> {
      if (!stream.isClosed()) {
        ending = true;
        lastFields = fields;
        pump();
      }
    });
  }

  void resetStream(ErrorCode code) {
    server.post(() -> stream.reset(code));
  }

  void release() {
    server.post(stream::release);
  }

  /// {@return octets handed over and not yet framed, with what their pieces cost}
  long pending() {
    return queued - sent;
  }

  boolean hasRoom() {
    return queued - sent < HIGH_WATER;
  }

  void wantRoom() {
    roomWanted = true;
  }
}
