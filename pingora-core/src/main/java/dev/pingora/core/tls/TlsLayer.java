// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.runtime.RecordLayer;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A session after its handshake, as the connection's record layer. Used by one thread at a time.
///
/// Records without content (key updates, tickets, warnings, empty and padded ones) cost work and
/// get a peer nowhere, so there is a bound on them: [#MAX_IDLE_OCTETS].
final class TlsLayer implements RecordLayer {
  /// After so many octets in a row without one of content nothing more is taken: the largest record
  /// (RFC 8446 §5.2) and as much again. That is 1,200 key updates; honest peers send one in
  /// gigabytes.
  static final int MAX_IDLE_OCTETS = 33 << 10;

  private final TlsSession session;
  private int idleOctets;

  TlsLayer(TlsSession session) {
    this.session = session;
  }

  @Override
  public int feed(MemorySegment from, long offset, int length) throws IOException {
    if (idleOctets >= MAX_IDLE_OCTETS) {
      throw TlsException.of(
          TlsException.Reason.HANDSHAKE,
          idleOctets + " octets of records without content (expected: fewer)");
    }
    int taken = session.feed(from, offset, length);
    idleOctets += taken;
    return taken;
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
    int n = session.read(into, offset, capacity);
    if (n > 0) {
      idleOctets = 0;
    }
    return n;
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
