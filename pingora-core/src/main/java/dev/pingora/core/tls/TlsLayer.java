// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.runtime.RecordLayer;
import dev.pingora.tls.TlsSession;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A session after its handshake, as the connection's record layer.
record TlsLayer(TlsSession session) implements RecordLayer {
  @Override
  public int feed(MemorySegment from, long offset, int length) throws IOException {
    return session.feed(from, offset, length);
  }

  @Override
  public void endOfInput() {
    session.endOfInput();
  }

  @Override
  public int drain(MemorySegment into, long offset, int capacity) {
    return session.drain(into, offset, capacity);
  }

  @Override
  public int read(MemorySegment into, long offset, int capacity) throws IOException {
    return session.read(into, offset, capacity);
  }

  @Override
  public int write(MemorySegment from, long offset, int length) throws IOException {
    return session.write(from, offset, length);
  }

  @Override
  public void endOfOutput() {
    session.closeNotify();
  }

  @Override
  public void close() {
    session.close();
  }
}
