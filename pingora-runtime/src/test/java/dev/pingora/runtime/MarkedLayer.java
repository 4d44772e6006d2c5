// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// A record layer whose records are a length (two octets), a kind, and content with every bit of
/// the pattern 0x5a turned over.
final class MarkedLayer implements RecordLayer {
  static final int DATA = 0;
  static final int END = 1;
  static final int NOISE = 2;
  static final int HEADER = 3;
  static final int MOST = 16 * 1024;

  /// Octets that it holds of either direction at most.
  private static final int HELD = 64 * 1024;

  final AtomicInteger closes = new AtomicInteger();
  private byte[] incoming = {};
  private byte[] outgoing = {};
  private boolean over;
  private boolean outputEnded;

  static byte[] record(int kind, byte... content) {
    byte[] record = new byte[HEADER + content.length];
    record[0] = (byte) (content.length >> 8);
    record[1] = (byte) content.length;
    record[2] = (byte) kind;
    for (int i = 0; i < content.length; i++) {
      record[HEADER + i] = (byte) (content[i] ^ 0x5a);
    }
    return record;
  }

  /// {@return all records of `content`}
  static byte[] records(byte[] content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int at = 0; at < content.length; at += MOST) {
      all.writeBytes(
          record(
              DATA,
              java.util.Arrays.copyOfRange(content, at, Math.min(content.length, at + MOST))));
    }
    return all.toByteArray();
  }

  @Override
  public int feed(MemorySegment from, long offset, int length) {
    int n = Math.min(length, HELD - incoming.length);
    byte[] octets = new byte[n];
    MemorySegment.copy(from, JAVA_BYTE, offset, octets, 0, n);
    incoming = join(incoming, octets);
    return n;
  }

  @Override
  public void endOfInput() {
    over = true;
  }

  @Override
  public int drain(MemorySegment into, long offset, int capacity) {
    int n = Math.min(capacity, outgoing.length);
    MemorySegment.copy(outgoing, 0, into, JAVA_BYTE, offset, n);
    outgoing = java.util.Arrays.copyOfRange(outgoing, n, outgoing.length);
    return n;
  }

  @Override
  public int read(MemorySegment into, long offset, int capacity) throws IOException {
    while (incoming.length >= HEADER) {
      int length = (incoming[0] & 0xff) << 8 | incoming[1] & 0xff;
      int kind = incoming[2];
      if (kind == END) {
        return -1;
      }
      if (kind > NOISE) {
        throw new IOException("a bad record");
      }
      if (incoming.length < HEADER + length) {
        break;
      }
      if (kind == NOISE) {
        incoming = java.util.Arrays.copyOfRange(incoming, HEADER + length, incoming.length);
        continue;
      }
      return give(into, offset, Math.min(length, capacity), length);
    }
    if (over) {
      throw new IOException("cut off");
    }
    return 0;
  }

  private int give(MemorySegment into, long offset, int n, int length) {
    for (int i = 0; i < n; i++) {
      into.set(JAVA_BYTE, offset + i, (byte) (incoming[HEADER + i] ^ 0x5a));
    }
    byte[] rest = java.util.Arrays.copyOfRange(incoming, HEADER + n, incoming.length);
    if (n < length) {
      byte[] header = {(byte) ((length - n) >> 8), (byte) (length - n), DATA};
      rest = join(header, rest);
    }
    incoming = rest;
    return n;
  }

  @Override
  public int write(MemorySegment from, long offset, int length) {
    if (outgoing.length > HELD - MOST) {
      return 0;
    }
    byte[] octets = new byte[Math.min(length, MOST)];
    MemorySegment.copy(from, JAVA_BYTE, offset, octets, 0, octets.length);
    outgoing = join(outgoing, record(DATA, octets));
    return octets.length;
  }

  @Override
  public void endOfOutput() {
    if (!outputEnded) {
      outputEnded = true;
      outgoing = join(outgoing, record(END));
    }
  }

  @Override
  public void close() {
    closes.incrementAndGet();
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
