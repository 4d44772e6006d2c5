// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

/// The normal form `Name: value CR LF` of a line that is added to a [Fields].
final class NewLine {
  /// Colon, space, CR, LF.
  static final int OVERHEAD = 4;

  private static final int GAP = 2;
  private static final int TAIL = 2;

  private NewLine() {}

  /// Writes what stands around the value, once the name is in place.
  ///
  /// @param nameEnd the first octet behind the name
  /// @return where the value goes
  static int frame(byte[] lines, int nameEnd, int valueLength) {
    int value = nameEnd + GAP;
    lines[nameEnd] = ':';
    lines[nameEnd + 1] = ' ';
    lines[value + valueLength] = '\r';
    lines[value + valueLength + 1] = '\n';
    return value;
  }

  /// The slot of a line in normal form.
  static long slot(int offset, int code, int valueLength) {
    return Slot.of(true, offset, code, GAP, valueLength, TAIL);
  }

  /// How many octets a line has; a long, since texts may be of any length.
  static long length(int nameLength, int valueLength) {
    return (long) nameLength + valueLength + OVERHEAD;
  }
}
