// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.ContentRoom;
import dev.pingora.core.protocols.ContentSink;
import dev.pingora.core.protocols.ContentSource;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a body filter writes to. The piece that was lent to the filter, written back as it is,
/// moves on without a copy; anything else is copied, in parts, waiting for room.
final class FilterSink implements BodySink {
  private static final int PART = 32 * 1024;

  private final RequestThread thread;
  private final ContentSink sink;
  private final long writeNanos;
  private final Supplier<ProxyException> late;
  private @Nullable ContentSource source;
  private @Nullable ByteBuffer lent;

  FilterSink(
      RequestThread thread, ContentSink sink, long writeNanos, Supplier<ProxyException> late) {
    this.thread = thread;
    this.sink = sink;
    this.writeNanos = writeNanos;
    this.late = late;
  }

  /// {@return the piece at hand, lent to a filter}
  ByteBuffer lend(ContentSource from) {
    ByteBuffer piece = from.piece();
    source = from;
    lent = piece;
    return piece;
  }

  /// The filter has returned: what it did not write is dropped.
  void takeBack() {
    ContentSource from = source;
    source = null;
    lent = null;
    if (from != null) {
      from.skip();
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the very buffer that was lent
  public void write(ByteBuffer body) throws ProxyException {
    ContentRoom.await(thread, sink, writeNanos, late);
    ContentSource from = source;
    if (body == lent && from != null && body.remaining() == from.length()) {
      source = null;
      body.position(body.limit());
      sink.transfer(from);
      return;
    }
    while (body.hasRemaining()) {
      ContentRoom.await(thread, sink, writeNanos, late);
      int n = Math.min(PART, body.remaining());
      sink.write(body.slice(body.position(), n));
      body.position(body.position() + n);
    }
  }
}
