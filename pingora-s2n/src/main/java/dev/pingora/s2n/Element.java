// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One element of DER (ITU-T X.690), up to 64 KiB.
///
/// @param start where its content begins
/// @param end where it ends
record Element(int tag, int start, int end) {
  static final int BOOLEAN = 0x01;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;
  static final int DNS_NAME = 0x82;
  static final int IP_ADDRESS = 0x87;

  /// Context-specific 3, constructed: the extensions of a certificate.
  static final int EXTENSIONS = 0xa3;

  /// {@return the element at `at`; null when it is not whole}
  static @Nullable Element at(byte[] der, int at, int limit) {
    if (limit - at < 2) {
      return null;
    }
    int length = der[at + 1] & 0xff;
    int start = at + 2;
    if (length > 0x82 || length == 0x80) {
      return null;
    }
    for (int more = length > 0x80 ? length - 0x80 : 0; more > 0; more--) {
      if (start >= limit) {
        return null;
      }
      length = (start == at + 2 ? 0 : length << 8) | der[start] & 0xff;
      start++;
    }
    return length > limit - start ? null : new Element(der[at] & 0xff, start, start + length);
  }

  /// {@return the element at `at` if it is whole and has this tag, else null}
  static @Nullable Element at(byte[] der, int at, int limit, int tag) {
    Element element = at(der, at, limit);
    return element == null || element.tag != tag ? null : element;
  }

  byte[] content(byte[] der) {
    return Arrays.copyOfRange(der, start, end);
  }
}
