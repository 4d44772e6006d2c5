// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

/// The two ends of a session's transport: octets fed wait in one memory BIO for OpenSSL to read,
/// what it writes waits in the other to be drained.
///
/// Memory BIOs never shrink. So one that grew is replaced once it is empty: an idle connection
/// holds a few hundred octets.
final class Wire {
  /// Octets fed that may wait: two records of the largest size, and a half.
  static final int MAX_INPUT = 40 * 1024;

  /// Octets to drain from where on no more are encrypted.
  static final int MAX_OUTPUT = 64 * 1024;

  /// A BIO that held no more is kept when it is empty.
  private static final int KEPT = 4 * 1024;

  private final SslCalls calls;
  private final CryptoCalls crypto;
  private final long ssl;
  private long input;
  private long output;

  /// Upper bound of what waits in the input.
  private int waiting;

  private int inputPeak;
  private int outputPeak;

  /// Whether there may be something to drain.
  private boolean written;

  private Wire(OpenSsl library, long ssl, long input, long output) {
    calls = library.ssl;
    crypto = library.crypto;
    this.ssl = ssl;
    this.input = input;
    this.output = output;
  }

  /// {@return the wire of an SSL, which owns the BIOs; null without memory}
  static @org.jspecify.annotations.Nullable Wire open(OpenSsl library, long ssl) {
    CryptoCalls crypto = library.crypto;
    long method = crypto.memoryMethod();
    long input = crypto.newBio(method);
    long output = crypto.newBio(method);
    if (input == 0 || output == 0) {
      crypto.bioFree(input);
      crypto.bioFree(output);
      return null;
    }
    library.ssl.setBio(ssl, input, output);
    return new Wire(library, ssl, input, output);
  }

  /// {@return how many octets were taken; negative when there is no memory}
  int feed(long from, int length) {
    if (waiting + length > MAX_INPUT) {
      waiting = (int) crypto.bioPending(input);
    }
    int taken = Math.min(length, MAX_INPUT - waiting);
    if (taken <= 0) {
      return 0;
    }
    int written = crypto.bioWrite(input, from, taken);
    if (written > 0) {
      waiting += written;
      inputPeak = Math.max(inputPeak, waiting);
    }
    return written;
  }

  /// OpenSSL asked for more than there was.
  void starved() {
    waiting = 0;
    if (inputPeak > KEPT) {
      long fresh = crypto.newBio(crypto.memoryMethod());
      if (fresh != 0) {
        calls.setReadBio(ssl, fresh);
        input = fresh;
        inputPeak = 0;
      }
    }
  }

  /// OpenSSL may have written.
  void written() {
    written = true;
  }

  /// {@return how many octets may be encrypted before some are drained}
  int room() {
    if (!written) {
      return MAX_OUTPUT;
    }
    return MAX_OUTPUT - (int) crypto.bioPending(output);
  }

  /// {@return how many octets were given}
  int drain(long into, int capacity) {
    if (!written || capacity == 0) {
      return 0;
    }
    int read = crypto.bioRead(output, into, capacity);
    outputPeak = Math.max(outputPeak, Math.max(read, 0));
    if (read < capacity) {
      written = false;
      drained();
    }
    return Math.max(read, 0);
  }

  private void drained() {
    if (outputPeak > KEPT) {
      long fresh = crypto.newBio(crypto.memoryMethod());
      if (fresh != 0) {
        calls.setWriteBio(ssl, fresh);
        output = fresh;
        outputPeak = 0;
      }
    }
  }
}
