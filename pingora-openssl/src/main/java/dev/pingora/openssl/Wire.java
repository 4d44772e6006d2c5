// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import org.jspecify.annotations.Nullable;

/// A session's transport: octets fed wait for OpenSSL to read them, what it writes waits to be
/// drained. OpenSSL calls back for both, by a BIO of our own.
///
/// OpenSSL's memory BIOs would do, but never shrink, and set to zero what they are about to
/// overwrite: with these, a connection that once moved a full record would hold 40 KiB for good.
final class Wire {
  /// Octets fed that may wait: two records of the largest size, and a half.
  static final int MAX_INPUT = 40 * 1024;

  /// Octets to drain from where on no more are encrypted.
  static final int MAX_OUTPUT = 64 * 1024;

  /// Records are of 16 KiB, each with less than this around it (RFC 8446 §5.2).
  private static final int RECORD = 16 * 1024;

  private static final int AROUND = 256;

  /// The SSL's.
  private final long bio;

  private final Octets input;
  private final Octets output;
  private final PlainAlert plainAlert = new PlainAlert();

  private Wire(Chunks chunks, long bio) {
    this.bio = bio;
    input = new Octets(chunks);
    output = new Octets(chunks);
  }

  /// {@return the wire of an SSL; null without memory}
  static @Nullable Wire open(OpenSsl library, long ssl) {
    long bio = library.transports.newBio(library.callbacks.transport);
    if (bio == 0) {
      return null;
    }
    // Reads that find nothing are to be tried again. Nobody takes the flag back.
    library.transports.bioFlags(bio, Control.BIO_RETRY_READ);
    library.transports.bioReady(bio, 1);
    library.ssl.setBio(ssl, bio, bio);
    return new Wire(library.chunks, bio);
  }

  /// Says by which tag callbacks find the session.
  void tag(TransportCalls transport, long tag) {
    transport.bioSetTag(bio, tag);
  }

  /// {@return how many octets were taken; negative when there is no memory}
  int feed(long from, int length) {
    int taken = Math.min(length, MAX_INPUT - input.size());
    if (taken <= 0) {
      return 0;
    }
    return input.add(from, taken) ? taken : -1;
  }

  /// {@return how many octets OpenSSL gets; -1 for none now}
  int onRead(long into, int most) {
    int taken = input.take(into, most);
    if (taken <= 0) {
      return -1;
    }
    plainAlert.onRead(into, taken);
    return taken;
  }

  /// {@return how many octets OpenSSL got rid of; -1 for no memory}
  int onWrite(long from, int length) {
    return output.add(from, length) ? length : -1;
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

  /// {@return the number of the last fatal alert that came in the clear}
  int plainAlert() {
    return plainAlert.number();
  }

  /// {@return octets of memory held}
  int held() {
    return input.capacity() + output.capacity();
  }

  /// Gives its memory back.
  void free() {
    input.free();
    output.free();
  }
}
