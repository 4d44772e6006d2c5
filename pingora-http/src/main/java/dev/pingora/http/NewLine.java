// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import org.jspecify.annotations.Nullable;

/// Checks what an application gives and writes it into a [Fields] as a line in normal form, `Name:
/// value CR LF`. Each method returns the slot of the line, which is not in the index yet.
final class NewLine {
  private static final int GAP = Slot.ADDED_GAP; // colon, space
  private static final int TAIL = Slot.MIN_TAIL; // CR, LF

  private NewLine() {}

  static long of(Fields fields, FieldName name, String value) {
    FieldValues.check(name.text(), value);
    return write(fields, name.wire(), name.id(), value);
  }

  static long of(Fields fields, String name, String value) {
    FieldName known = known(name);
    FieldValues.check(name, value);
    return write(fields, octets(name, known), id(known), value);
  }

  static long of(Fields fields, FieldName name, byte[] value) {
    FieldValues.check(name.text(), value);
    return write(fields, name.wire(), name.id(), value);
  }

  static long of(Fields fields, FieldLine line) {
    byte[] octets = line.octets();
    int offset = fields.reserve(octets.length);
    System.arraycopy(octets, 0, fields.own(), offset, octets.length);
    int code = Slot.code(line.name().id(), line.name().length());
    return Slot.added(offset, code, line.value().length());
  }

  static long of(Fields fields, FieldName name, long value) {
    if (value < 0) {
      return of(fields, name, Long.toString(value));
    }
    byte[] octets = name.wire();
    int digits = Octets.digits(value);
    int offset = frame(fields, octets, 0, octets.length, digits);
    byte[] lines = fields.own();
    int at = offset + octets.length + GAP;
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      lines[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return Slot.added(offset, Slot.code(name.id(), octets.length), digits);
  }

  /// Copies name and value out of another line, which is valid already.
  static long copy(Fields fields, byte[] line, long slot) {
    int nameLength = Slot.nameLength(slot, line);
    int valueLength = Slot.valueLength(slot);
    int offset = frame(fields, line, Slot.offset(slot), nameLength, valueLength);
    int at = offset + nameLength + GAP;
    System.arraycopy(line, Slot.valueStart(slot, line), fields.own(), at, valueLength);
    return Slot.added(offset, Slot.code(slot), valueLength);
  }

  /// Copies the value out of another line, which is valid already, under another name.
  static long renamed(Fields fields, FieldName name, byte[] line, long slot) {
    byte[] octets = name.wire();
    int valueLength = Slot.valueLength(slot);
    int valueStart = Slot.valueStart(slot, line);
    int offset = frame(fields, octets, 0, octets.length, valueLength);
    System.arraycopy(line, valueStart, fields.own(), offset + octets.length + GAP, valueLength);
    return Slot.added(offset, Slot.code(name.id(), octets.length), valueLength);
  }

  /// The constant of this name; without one, checks the name. (A constant's name is a token.)
  private static @Nullable FieldName known(String name) {
    FieldName known = FieldName.TABLE.find(name);
    if (known == null) {
      FieldName.checked(name);
    }
    return known;
  }

  /// The usual case of a known name needs no array of its own.
  private static byte[] octets(String name, @Nullable FieldName known) {
    return known != null && known.text().equals(name) ? known.wire() : Octets.latin1(name);
  }

  private static int id(@Nullable FieldName known) {
    return known == null ? 0 : known.id();
  }

  private static long write(Fields fields, byte[] name, int id, String value) {
    int start = FieldValues.start(value);
    int end = FieldValues.end(value, start);
    int offset = frame(fields, name, 0, name.length, end - start);
    Octets.copy(value, start, end, fields.own(), offset + name.length + GAP);
    return Slot.added(offset, Slot.code(id, name.length), end - start);
  }

  private static long write(Fields fields, byte[] name, int id, byte[] value) {
    int start = FieldValues.start(value);
    int length = FieldValues.end(value, start) - start;
    int offset = frame(fields, name, 0, name.length, length);
    System.arraycopy(value, start, fields.own(), offset + name.length + GAP, length);
    return Slot.added(offset, Slot.code(id, name.length), length);
  }

  /// Reserves a line and writes all of it but the value.
  ///
  /// @return the offset of the line
  private static int frame(
      Fields fields, byte[] name, int nameStart, int nameLength, int valueLength) {
    // A long, since the texts may be of any length; reserve() knows the limit.
    int offset = fields.reserve((long) nameLength + valueLength + GAP + TAIL);
    byte[] lines = fields.own();
    int nameEnd = offset + nameLength;
    int valueEnd = nameEnd + GAP + valueLength;
    System.arraycopy(name, nameStart, lines, offset, nameLength);
    lines[nameEnd] = ':';
    lines[nameEnd + 1] = ' ';
    lines[valueEnd] = '\r';
    lines[valueEnd + 1] = '\n';
    return offset;
  }
}
