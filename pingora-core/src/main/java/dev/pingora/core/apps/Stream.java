// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.apps;

import dev.pingora.core.protocols.Digest;
import dev.pingora.core.server.Limits;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A connection as a byte stream with blocking reads and writes. Confined to its request thread.
public final class Stream {
  private final Connection connection;
  private final RequestThread thread;
  private final long readNanos;
  private final long writeNanos;
  private final @Nullable SslDigest ssl;

  /// @param limits `contentTimeout` bounds each read, `writeTimeout` each write
  /// @param ssl facts about its TLS, null for plain text
  public Stream(
      Connection connection, RequestThread thread, Limits limits, @Nullable SslDigest ssl) {
    this.connection = connection;
    this.thread = thread;
    this.readNanos = limits.contentTimeout().toNanos();
    this.writeNanos = limits.writeTimeout().toNanos();
    this.ssl = ssl;
  }

  /// Reads what has come, at least one octet; what was written before is sent first.
  ///
  /// @param into gets the octets at its position
  /// @return octets read, -1 when the peer has ended its direction
  /// @throws ProxyException READ_TIMEOUT, or READ_ERROR when the connection broke
  public int read(ByteBuffer into) throws ProxyException {
    if (!into.hasRemaining()) {
      return 0;
    }
    connection.flush();
    if (!connection.read(thread, connection.loop().deadlineIn(readNanos))) {
      return -1;
    }
    ByteBuffer input = connection.input();
    int n = Math.min(input.remaining(), into.remaining());
    into.put(into.position(), input, input.position(), n);
    into.position(into.position() + n);
    input.position(input.position() + n);
    return n;
  }

  /// Writes all of `source`, waiting for room as needed. It is sent at the next read, flush or end.
  ///
  /// @throws ProxyException WRITE_TIMEOUT, or WRITE_ERROR when the connection broke
  public void write(ByteBuffer source) throws ProxyException {
    connection.write(thread, source, writeNanos);
  }

  /// Sends what was written.
  public void flush() {
    connection.flush();
  }

  /// {@return facts about the connection}
  public Digest digest() {
    return new Digest(connection, null, ssl);
  }
}
