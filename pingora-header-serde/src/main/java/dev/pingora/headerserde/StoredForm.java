// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import dev.pingora.error.ProxyException;

/// What stands before the compressed text.
///
/// ```
///   octet 0      the form's number, 1
///   octets 1–4   the number of the dictionary, big endian; 0 = none
///   octets 5–    one frame of zstd (RFC 8878 §3.1.1), without its magic number and dictionary id,
///                with the size of the text and a checksum of it
/// ```
///
/// A later form gets another number; this one will be read as long as the module exists.
final class StoredForm {
  static final int NUMBER = 1;
  static final int HEADER_BYTES = 5;

  /// Frame header descriptor, content size, block header, checksum (RFC 8878 §3.1.1): less is no
  /// frame.
  static final int MIN_BYTES = HEADER_BYTES + 1 + 1 + 3 + 4;

  private StoredForm() {}

  static void writeHeader(byte[] out, int dictionary) {
    out[0] = NUMBER;
    out[1] = (byte) (dictionary >>> 24);
    out[2] = (byte) (dictionary >>> 16);
    out[3] = (byte) (dictionary >>> 8);
    out[4] = (byte) dictionary;
  }

  /// {@return the number of the dictionary, after a look at the form}
  static int dictionary(byte[] stored, int offset, int length) throws ProxyException {
    if (length < MIN_BYTES) {
      throw HeaderSerde.damaged("%d octets (expected: %d or more)", length, MIN_BYTES);
    }
    if (stored[offset] != NUMBER) {
      throw HeaderSerde.damaged("form %d (expected: %d)", stored[offset] & 0xFF, NUMBER);
    }
    return (stored[offset + 1] & 0xFF) << 24
        | (stored[offset + 2] & 0xFF) << 16
        | (stored[offset + 3] & 0xFF) << 8
        | (stored[offset + 4] & 0xFF);
  }
}
