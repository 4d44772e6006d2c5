// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Socket;

/// A session over a blocking socket, for peers that are other programs.
final class TlsSocket implements AutoCloseable {
  private static final int ROOM = 32 << 10;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory = arena.allocate(ROOM);
  private final MemorySegment incoming = arena.allocate(ROOM);
  private final TlsSession session;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /// Of what is in [#incoming], how much the session has taken.
  private int fed;

  private int arrived;

  TlsSocket(TlsSession session, Socket socket) throws IOException {
    this.session = session;
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  TlsSession session() {
    return session;
  }

  void handshake() throws IOException {
    try {
      while (!session.handshake()) {
        flush();
        receive();
      }
    } finally {
      flush();
    }
  }

  private void flush() throws IOException {
    int length = session.drain(memory, 0, ROOM);
    while (length > 0) {
      out.write(memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
      length = session.drain(memory, 0, ROOM);
    }
  }

  /// Feeds what has come: only when the session has nothing more to give.
  private void receive() throws IOException {
    if (fed == arrived) {
      byte[] octets = new byte[ROOM];
      int length = in.read(octets, 0, ROOM);
      if (length < 0) {
        session.endOfInput();
        return;
      }
      MemorySegment.copy(octets, 0, incoming, ValueLayout.JAVA_BYTE, 0, length);
      fed = 0;
      arrived = length;
    }
    int taken = session.feed(incoming, fed, arrived - fed);
    if (taken == 0) {
      throw new AssertionError("the session neither gives nor takes");
    }
    fed += taken;
  }

  void write(byte[] content) throws IOException {
    int at = 0;
    while (at < content.length) {
      int length = Math.min(ROOM, content.length - at);
      MemorySegment.copy(content, at, memory, ValueLayout.JAVA_BYTE, 0, length);
      at += session.write(memory, 0, length);
      flush();
    }
  }

  /// {@return the next octets; none at the end}
  byte[] read() throws IOException {
    int length = session.read(memory, 0, ROOM);
    while (length == 0) {
      flush();
      receive();
      length = session.read(memory, 0, ROOM);
    }
    return length < 0 ? new byte[0] : memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /// {@return so many octets}
  byte[] read(int length) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < length) {
      byte[] some = read();
      if (some.length == 0) {
        throw TlsException.of(TlsException.Reason.TRUNCATED, "ended after " + all.size());
      }
      all.writeBytes(some);
    }
    return all.toByteArray();
  }

  void finish() throws IOException {
    session.closeNotify();
    flush();
  }

  @Override
  public void close() throws IOException {
    session.close();
    socket.close();
    arena.close();
  }
}
