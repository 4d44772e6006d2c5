// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.HeadWriter;
import dev.pingora.runtime.Connection;
import java.nio.ByteBuffer;

/// Puts heads into a connection's output, also those that are larger than one buffer.
final class Http1Heads {
  private Http1Heads() {}

  static void write(RequestHeader request, Connection to) {
    int length = HeadWriter.encodedLength(request);
    if (length <= Connection.MAX_ROOM) {
      check(HeadWriter.write(request, to.room(length)));
      return;
    }
    ByteBuffer large = ByteBuffer.allocate(length);
    check(HeadWriter.write(request, large));
    writeLarge(large.flip(), to);
  }

  static void write(ResponseHeader response, Connection to) {
    int length = HeadWriter.encodedLength(response);
    if (length <= Connection.MAX_ROOM) {
      check(HeadWriter.write(response, to.room(length)));
      return;
    }
    ByteBuffer large = ByteBuffer.allocate(length);
    check(HeadWriter.write(response, large));
    writeLarge(large.flip(), to);
  }

  private static void writeLarge(ByteBuffer head, Connection to) {
    while (head.hasRemaining()) {
      to.writeSome(head);
    }
  }

  private static void check(boolean written) {
    if (!written) {
      throw new IllegalStateException("a head is longer than it said");
    }
  }
}
