// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/// A session without any secrecy, to test the test kit by: `H` greets, `.x` is an octet of content,
/// `E` ends, `A` is an alert. It holds at most [#LIMIT] octets each way.
final class PlainSession implements TlsSession {
  static final int LIMIT = 64;

  private final boolean rude;
  private final Queue<Byte> incoming = new ArrayDeque<>();
  private final Queue<Byte> outgoing = new ArrayDeque<>();
  private boolean greeted;
  private boolean met;
  private boolean ended;
  private boolean cut;
  boolean closed;

  /// @param rude refuses whoever greets
  PlainSession(boolean rude) {
    this.rude = rude;
  }

  @Override
  public boolean handshake() throws TlsException {
    if (!greeted) {
      greeted = true;
      outgoing.add((byte) 'H');
    }
    if (!met && !incoming.isEmpty()) {
      byte said = incoming.remove();
      met = said == 'H' && !rude;
      if (!met) {
        outgoing.add((byte) 'A');
        throw TlsException.of(
            said == 'A' ? TlsException.Reason.ALERTED : TlsException.Reason.HANDSHAKE, "no");
      }
    }
    truncated();
    return met;
  }

  private void truncated() throws TlsException {
    if (cut && incoming.isEmpty() && !ended) {
      throw TlsException.of(TlsException.Reason.TRUNCATED, "cut");
    }
  }

  @Override
  public int feed(MemorySegment from, long offset, int length) {
    int taken = Math.min(length, LIMIT - incoming.size());
    for (int i = 0; i < taken; i++) {
      incoming.add(from.get(ValueLayout.JAVA_BYTE, offset + i));
    }
    return taken;
  }

  @Override
  public void endOfInput() {
    cut = true;
  }

  @Override
  public int drain(MemorySegment into, long offset, int capacity) {
    int count = Math.min(capacity, outgoing.size());
    for (int i = 0; i < count; i++) {
      into.set(ValueLayout.JAVA_BYTE, offset + i, outgoing.remove());
    }
    return count;
  }

  @Override
  public int read(MemorySegment into, long offset, int capacity) throws TlsException {
    int count = 0;
    while (count < capacity && incoming.size() > 1) {
      incoming.remove();
      into.set(ValueLayout.JAVA_BYTE, offset + count++, incoming.remove());
    }
    if (count == 0 && Byte.valueOf((byte) 'E').equals(incoming.peek())) {
      ended = true;
      return -1;
    }
    if (count == 0 && Byte.valueOf((byte) 'A').equals(incoming.peek())) {
      throw TlsException.of(TlsException.Reason.ALERTED, "alert");
    }
    truncated();
    return count;
  }

  @Override
  public int write(MemorySegment from, long offset, int length) {
    int taken = Math.min(length, (LIMIT - outgoing.size()) / 2);
    for (int i = 0; i < taken; i++) {
      outgoing.add((byte) '.');
      outgoing.add(from.get(ValueLayout.JAVA_BYTE, offset + i));
    }
    return taken;
  }

  @Override
  public void closeNotify() {
    outgoing.add((byte) 'E');
  }

  @Override
  public TlsDigest digest() {
    return new TlsDigest(TlsVersion.TLS_1_3, "none", null, null, null, false, List.of());
  }

  @Override
  public void close() {
    closed = true;
  }
}
