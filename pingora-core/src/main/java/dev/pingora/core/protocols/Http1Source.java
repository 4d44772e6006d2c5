// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http1.ContentReader;
import dev.pingora.http1.MessageFraming;
import dev.pingora.runtime.Connection;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The content of an HTTP/1 message, read in place out of its connection's input. The piece at hand
/// is the `length` octets before the input's position. Confined to the request thread.
final class Http1Source implements ContentSource {
  private final Connection connection;
  private final ContentReader reader;
  private long maxBytes;
  private int length;

  Http1Source(Connection connection, ContentReader reader) {
    this.connection = connection;
    this.reader = reader;
  }

  /// Begins with the content of the connection's next message.
  ///
  /// @param most octets of content, 0 = no limit
  void restart(MessageFraming framing, long most) {
    reader.restart(framing);
    maxBytes = most;
    length = 0;
  }

  /// Sets the bound anew, in the middle of the content too.
  ///
  /// @param most octets of content, 0 = no limit
  void limit(long most) {
    maxBytes = most;
  }

  @Override
  public Progress poll() throws ProxyException {
    if (length > 0) {
      return Progress.READY;
    }
    while (!reader.ended()) {
      ByteBuffer input = connection.input();
      if (input.hasRemaining()) {
        length = reader.read(input);
        if (length > 0) {
          checkLimit();
          return Progress.READY;
        }
      } else if (!connection.poll()) {
        return Progress.PENDING;
      } else if (connection.isInputOver()) {
        connection.failIfReadFailed();
        reader.endOfInput();
      }
    }
    return Progress.ENDED;
  }

  private void checkLimit() throws ProxyException {
    long known = reader.contentBytes() + Math.max(0, reader.remainingBytes());
    if (maxBytes > 0 && known > maxBytes) {
      length = 0;
      throw ProxyException.downstream(
          ErrorKind.status(413), "more than %s octets of request content", maxBytes);
    }
  }

  @Override
  public boolean isEnded() {
    return length == 0 && reader.ended();
  }

  @Override
  public long remaining() {
    return reader.remainingBytes();
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public ByteBuffer piece() {
    ByteBuffer input = connection.input();
    return input.slice(input.position() - length, length);
  }

  @Override
  public void skip() {
    length = 0;
  }

  @Override
  public void skip(int octets) {
    length -= octets;
  }

  /// Moves the piece at hand to another connection's output, by reference where that pays.
  void moveTo(Connection target) {
    ByteBuffer input = connection.input();
    input.position(input.position() - length);
    target.moveFrom(connection, length);
    length = 0;
  }

  @Override
  public @Nullable Fields trailers() {
    return reader.trailers();
  }

  @Override
  public long contentBytes() {
    return reader.contentBytes();
  }
}
