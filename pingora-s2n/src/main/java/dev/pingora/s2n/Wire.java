// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.MemorySegment;

/// A session's transport: octets fed wait for s2n-tls to receive them, what it sends waits to be
/// drained. It calls back for both.
final class Wire {
  /// Octets fed that may wait: two records of the largest size, and a half.
  static final int MAX_INPUT = 40 * 1024;

  /// Octets to drain from where on no more are encrypted.
  static final int MAX_OUTPUT = 64 * 1024;

  /// Records are of 16 KiB, each with less than this around it (RFC 8446 §5.2).
  private static final int RECORD = 16 * 1024;

  private static final int AROUND = 256;

  private final Octets input;
  private final Octets output;

  /// How either direction begins.
  private final Opening heard = new Opening();

  private final Opening said = new Opening();

  Wire(Chunks chunks) {
    input = new Octets(chunks);
    output = new Octets(chunks);
  }

  /// {@return how many octets were taken; negative when there is no memory}
  int feed(long from, int length) {
    int taken = Math.min(length, MAX_INPUT - input.size());
    if (taken <= 0) {
      return 0;
    }
    heard.note(from, taken);
    return input.add(from, taken) ? taken : -1;
  }

  /// {@return how many octets s2n-tls gets; 0 for none now}
  int onReceive(long into, int most) {
    return input.take(into, most);
  }

  /// {@return whether s2n-tls got rid of its octets; not so without memory}
  boolean onSend(long from, int length) {
    said.note(from, length);
    return output.add(from, length);
  }

  /// {@return how many of `wanted` octets may be encrypted before some are drained} Makes room for
  /// their records.
  int room(int wanted) {
    int room = Math.min(wanted, MAX_OUTPUT - output.size());
    if (room <= 0 || !output.expect(room + AROUND * (room / RECORD + 1))) {
      return 0;
    }
    return room;
  }

  /// {@return how many octets were given}
  int drain(long into, int capacity) {
    return output.take(into, capacity);
  }

  /// {@return whether there is nothing to drain}
  boolean isDrained() {
    return output.size() == 0;
  }

  /// {@return how the peer's direction began}
  Opening heard() {
    return heard;
  }

  /// {@return how our direction began}
  Opening said() {
    return said;
  }

  /// Gives its memory back.
  void free() {
    input.free();
    output.free();
  }

  /// The first octets of one direction, which have the random of a hello.
  static final class Opening {
    /// Record header (RFC 5246 §6.2.1), message header, version, random (§7.4.1.2).
    private static final int RANDOM = 5 + 4 + 2;

    private static final int LENGTH = RANDOM + 32;
    private static final byte ALERT = 21;
    private static final byte HANDSHAKE = 22;

    private final byte[] octets = new byte[LENGTH];
    private int count;

    private void note(long from, int length) {
      int more = Math.min(length, LENGTH - count);
      if (more > 0) {
        // SAFETY: the caller has so many octets there.
        MemorySegment.copy(NativeLibrary.MEMORY, JAVA_BYTE, from, octets, count, more);
        count += more;
      }
    }

    /// {@return whether it is no TLS} s2n-tls would wait for a record of the length that it takes
    /// out of an HTTP request, or take it for SSL 2.
    boolean isForeign() {
      return count > 0 && octets[0] != HANDSHAKE && octets[0] != ALERT
          || count > 1 && octets[1] != 3;
    }

    /// {@return the random of the hello; none when it is not all in the first record}
    byte[] random() {
      int record = (octets[3] & 0xff) << 8 | octets[4] & 0xff;
      if (count < LENGTH || octets[0] != HANDSHAKE || record < LENGTH - 5) {
        return new byte[0];
      }
      return java.util.Arrays.copyOfRange(octets, RANDOM, LENGTH);
    }
  }
}
