// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// As much of DER (ITU-T X.690) as wrapping private keys and reading OCSP responses needs.
final class Der {
  static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;

  private Der() {}

  /// {@return tag, length and content}
  static byte[] of(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    int length = content.size();
    if (length < 0x80) {
      all.write(length);
    } else {
      int octets = (39 - Integer.numberOfLeadingZeros(length)) / 8;
      all.write(0x80 | octets);
      for (int i = octets - 1; i >= 0; i--) {
        all.write(length >>> (8 * i));
      }
    }
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }

  /// {@return the content of the next element if it has this tag, else null} `from` is then behind
  /// it.
  ///
  /// @throws IllegalArgumentException when it is no DER
  static @Nullable ByteBuffer next(ByteBuffer from, int tag) {
    if (!from.hasRemaining() || (from.get(from.position()) & 0xff) != tag) {
      return null;
    }
    from.get();
    int length = length(from);
    if (length > from.remaining()) {
      throw new IllegalArgumentException("DER: an element is longer than what it is in");
    }
    ByteBuffer content = from.slice(from.position(), length);
    from.position(from.position() + length);
    return content;
  }

  private static int length(ByteBuffer from) {
    int first = from.hasRemaining() ? from.get() & 0xff : 0x80;
    if (first < 0x80) {
      return first;
    }
    int octets = first & 0x7f;
    if (octets == 0 || octets > 3 || octets > from.remaining()) {
      throw new IllegalArgumentException("DER: bad length");
    }
    int length = 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | from.get() & 0xff;
    }
    return length;
  }
}
