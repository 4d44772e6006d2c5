// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds the subjectAltName in a certificate (RFC 5280 §4.1, §4.2.1.6) that was checked before.
///
/// s2n-tls would parse the whole certificate anew for each question, key included: a tenth of what
/// a client's handshake costs.
final class AlternativeNames {
  private static final byte[] NONE = {};

  /// 2.5.29.17.
  private static final byte[] ID = {0x55, 0x1d, 0x11};

  private AlternativeNames() {}

  /// {@return the value of the extension, DER; empty when there is none, or more than one}
  static byte[] of(byte[] certificate) {
    Element all = Element.at(certificate, 0, certificate.length, Element.SEQUENCE);
    Element signed =
        all == null ? null : Element.at(certificate, all.start(), all.end(), Element.SEQUENCE);
    int at = signed == null ? 0 : signed.start();
    while (signed != null && at < signed.end()) {
      Element field = Element.at(certificate, at, signed.end());
      if (field == null) {
        return NONE;
      }
      if (field.tag() == Element.EXTENSIONS) {
        return among(certificate, field);
      }
      at = field.end();
    }
    return NONE;
  }

  private static byte[] among(byte[] der, Element extensions) {
    byte[] found = NONE;
    Element list = Element.at(der, extensions.start(), extensions.end(), Element.SEQUENCE);
    int at = list == null ? 0 : list.start();
    while (list != null && at < list.end()) {
      Element extension = Element.at(der, at, list.end(), Element.SEQUENCE);
      byte[] value = extension == null ? null : value(der, extension);
      if (extension == null || value == null || (value.length > 0 && found.length > 0)) {
        return NONE;
      }
      found = value.length > 0 ? value : found;
      at = extension.end();
    }
    return found;
  }

  /// {@return the value if it is that extension; empty if it is another, null if it is none}
  private static byte @Nullable [] value(byte[] der, Element extension) {
    int end = extension.end();
    Element id = Element.at(der, extension.start(), end, Element.OBJECT_IDENTIFIER);
    if (id == null) {
      return null;
    }
    Element critical = Element.at(der, id.end(), end, Element.BOOLEAN);
    int from = critical == null ? id.end() : critical.end();
    Element value = Element.at(der, from, end, Element.OCTET_STRING);
    if (value == null) {
      return null;
    }
    return Arrays.equals(id.content(der), ID) ? value.content(der) : NONE;
  }
}
