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
/// queue towards the stream's thread, bounded by the stream's flow-control window. What both hold
/// counts to the connection's share of the memory, see [Http2Memory]. `trailers` is written before
/// `ended` (volatile). `sent` is written by the connection thread only, `queued` by the stream's
/// thread only.
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
  private final int sectionBytes;
  private long unconsumed;
  private boolean ending;
  private boolean finished;
  private boolean released;
  private @Nullable Fields lastFields;

  /// @param sectionBytes what the request's header section takes
  Http2Exchange(Http2Server server, Http2Stream stream, int sectionBytes, boolean ended) {
    this.server = server;
    this.stream = stream;
    this.sectionBytes = sectionBytes;
    this.ended = ended;
  }

  // --- the connection thread ---

  @Override
  public void data(ByteBuffer content, boolean endStream) {
    if (content.hasRemaining() && !released) {
      unconsumed += content.remaining();
      server.received(content.remaining());
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
    dropOutgoing();
    if (released) {
      server.sentAll(this);
      server.post(stream::release);
    }
    signal();
  }

  @Override
  public void writable() {
    pump();
  }

  private void dropOutgoing() {
    for (ByteBuffer piece : outgoing) {
      sent(piece.remaining() + PIECE_BYTES);
    }
    outgoing.clear();
  }

  /// This thread is the only writer.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void sent(long bytes) {
    sent += bytes;
    server.outgoing(-bytes);
  }

  /// {@return what the stream has the connection keep of what the client sent}
  long receivedBytes() {
    return sectionBytes + unconsumed;
  }

  private void pump() {
    for (ByteBuffer next = outgoing.peek(); next != null; next = outgoing.peek()) {
      int before = next.remaining();
      boolean last = ending && lastFields == null && outgoing.size() == 1;
      boolean all = stream.sendData(next, last);
      sent(before - next.remaining() + (all ? PIECE_BYTES : 0));
      if (!all) {
        break;
      }
      outgoing.remove();
      finished |= last;
    }
    if (ending && outgoing.isEmpty() && !finished) {
      finish();
    }
    lookForRoom();
    if (released && finished) {
      server.sentAll(this);
      stream.release();
    }
  }

  /// The client takes nothing of what the stream's thread has left behind.
  void giveUp() {
    stream.reset(ErrorCode.CANCEL);
    stream.release();
  }

  /// {@return a number that grows with what the client has let us send}
  long progress() {
    return sent;
  }

  /// Tells the stream's thread if it waits for room that has come. If only the connection's is
  /// missing, sees to it that this is asked again when some comes.
  void lookForRoom() {
    if (!roomWanted || !hasOwnRoom()) {
      return;
    }
    if (server.hasRoom()) {
      roomWanted = false;
      signal();
    } else {
      server.lookAgain();
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
      if (!released) {
        unconsumed -= octets;
        server.received(-octets);
      }
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
    long bytes = (long) content.remaining() + PIECE_BYTES;
    queued += bytes;
    server.outgoing(bytes);
    server.post(() -> {
      if (stream.isClosed()) {
        sent(bytes);
      } else {
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
    server.post(() -> {
      server.ended(this);
      released = true;
      if (ending && !finished && failure == null) {
        server.lingers(this); // what it has answered is still on its way
      } else {
        stream.release();
      }
    });
  }

  /// {@return octets handed over and not yet framed, with what their pieces cost}
  long pending() {
    return queued - sent;
  }

  boolean hasRoom() {
    return hasOwnRoom() && server.hasRoom();
  }

  private boolean hasOwnRoom() {
    return queued - sent < HIGH_WATER;
  }

  void wantRoom() {
    roomWanted = true;
    if (hasOwnRoom()) {
      server.wantRoom();
    } // else the connection thread looks when it has sent something
  }
}
