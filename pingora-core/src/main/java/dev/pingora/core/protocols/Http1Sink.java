// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http1.ContentWriter;
import dev.pingora.http1.MessageFraming;
import dev.pingora.runtime.Connection;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The content of an HTTP/1 message on its way into a connection's output. One for all messages of
/// a direction: [#restart] begins the next. Confined to the request thread.
final class Http1Sink implements ContentSink {
  private final Connection connection;
  private final ContentWriter writer = ContentWriter.of(MessageFraming.None.INSTANCE);
  private boolean chunked;

  Http1Sink(Connection connection) {
    this.connection = connection;
  }

  /// Begins with the content of the connection's next message.
  void restart(MessageFraming framing) {
    writer.restart(framing);
    chunked = framing instanceof MessageFraming.Chunked;
  }

  @Override
  public boolean hasRoom() {
    return connection.hasRoom();
  }

  @Override
  public void wantRoom() {
    connection.wantRoom();
  }

  @Override
  public void write(ByteBuffer piece) throws ProxyException {
    int length = piece.remaining();
    if (length == 0) {
      return;
    }
    before(length);
    while (piece.hasRemaining()) {
      connection.writeSome(piece);
    }
    after();
  }

  @Override
  public void transfer(ContentSource source) throws ProxyException {
    if (!(source instanceof Http1Source http1)) {
      write(source.piece());
      source.skip();
      return;
    }
    before(source.length());
    http1.moveTo(connection);
    after();
  }

  private void before(int length) throws ProxyException {
    connection.failIfWriteFailed();
    writer.writePrefix(length, chunked ? connection.room(ContentWriter.MAX_PREFIX) : NO_ROOM);
  }

  private void after() {
    if (chunked) {
      writer.writeSuffix(connection.room(ContentWriter.MAX_SUFFIX));
    }
  }

  @Override
  public void end(@Nullable Fields trailers) throws ProxyException {
    if (writer.ended()) {
      return;
    }
    int length = writer.endLength(trailers);
    if (length <= Connection.MAX_ROOM) {
      writer.writeEnd(trailers, length == 0 ? NO_ROOM : connection.room(length));
      return;
    }
    ByteBuffer large = ByteBuffer.allocate(length);
    writer.writeEnd(trailers, large);
    large.flip();
    while (large.hasRemaining()) {
      connection.writeSome(large);
    }
  }

  boolean isEnded() {
    return writer.ended();
  }

  @Override
  public void flush() {
    connection.flush();
  }

  @Override
  public long pending() {
    return connection.pendingOutput();
  }

  long contentBytes() {
    return writer.contentBytes();
  }

  private static final ByteBuffer NO_ROOM = ByteBuffer.allocate(0);
}
