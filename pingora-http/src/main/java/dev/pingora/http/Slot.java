// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

/// One field line of a [Fields], packed into a long: where the line is and how it is cut.
///
/// ```
///   offset                 gap (1..4)         tail (2..5)
///   |                      |                  |
///   Content-Length  :·     12345    ·CR LF
///   '--- name ---'  '--'   'value'  '----'
/// ```
///
/// | bits | field | meaning |
/// |---|---|---|
/// | 0–22 | offset | of the name's first octet |
/// | 23 | own | set: in the array of added lines; clear: in the received section |
/// | 24–35 | name code | see below |
/// | 36–58 | value length | |
/// | 59–60 | gap − 1 | octets between name and value: colon and white space |
/// | 61–62 | tail − 2 | octets between value and the next line: white space, CR LF |
///
/// Name codes: 1–127 is the number of a known name; 128–4094 is 128 + the length of another name;
/// 4095 is a longer name, which ends before the first colon. So one comparison of twelve bits
/// settles nearly every lookup.
///
/// Lines whose gap or tail is longer are copied in normal form instead, so every line has a slot.
final class Slot {
  /// The longest section that can be indexed, in octets (8 MiB − 1).
  static final int MAX_OFFSET = (1 << 23) - 1;

  /// Colon and space.
  static final int ADDED_GAP = 2;

  static final int MAX_GAP = 4;
  static final int MIN_TAIL = 2;
  static final int MAX_TAIL = 5;

  private static final int OWN_BIT = 23;
  private static final int CODE_SHIFT = 24;
  private static final int VALUE_SHIFT = 36;
  private static final int GAP_SHIFT = 59;
  private static final int TAIL_SHIFT = 61;
  private static final int LONG_NAME = 0xFFF;

  private Slot() {}

  /// A line of the received section.
  static long received(int offset, int code, int gap, int valueLength, int tail) {
    return offset
        | ((long) code << CODE_SHIFT)
        | ((long) valueLength << VALUE_SHIFT)
        | ((long) (gap - 1) << GAP_SHIFT)
        | ((long) (tail - MIN_TAIL) << TAIL_SHIFT);
  }

  /// An added line in normal form.
  static long added(int offset, int code, int valueLength) {
    return received(offset, code, ADDED_GAP, valueLength, MIN_TAIL) | (1L << OWN_BIT);
  }

  /// The code of a name: its number if it is known, else one made of its length.
  static int code(int id, int nameLength) {
    return id != 0 ? id : Math.min(KnownNames.MAX_NAMES + nameLength, LONG_NAME);
  }

  static int offset(long slot) {
    return (int) slot & MAX_OFFSET;
  }

  /// The same line at another place.
  static long moved(long slot, int offset) {
    return (slot & ~(long) MAX_OFFSET) | offset;
  }

  static boolean isOwn(long slot) {
    return (slot & 1L << OWN_BIT) != 0;
  }

  static int code(long slot) {
    return (int) (slot >>> CODE_SHIFT) & LONG_NAME;
  }

  /// The number of a known name, else 0.
  static int id(long slot) {
    int code = code(slot);
    return code < KnownNames.MAX_NAMES ? code : 0;
  }

  static int nameLength(long slot, byte[] line) {
    int code = code(slot);
    if (code < KnownNames.MAX_NAMES) {
      return FieldName.TABLE.length(code);
    }
    return code < LONG_NAME ? code - KnownNames.MAX_NAMES : untilColon(line, offset(slot));
  }

  private static int untilColon(byte[] line, int offset) {
    int end = offset;
    while (line[end] != ':') {
      end++;
    }
    return end - offset;
  }

  static int gap(long slot) {
    return (int) (slot >>> GAP_SHIFT & 3) + 1;
  }

  static int valueLength(long slot) {
    return (int) (slot >>> VALUE_SHIFT) & MAX_OFFSET;
  }

  static int tail(long slot) {
    return (int) (slot >>> TAIL_SHIFT & 3) + MIN_TAIL;
  }

  static int valueStart(long slot, byte[] line) {
    return offset(slot) + nameLength(slot, line) + gap(slot);
  }

  /// The first octet behind the line, its CR LF included.
  static int end(long slot, byte[] line) {
    return valueStart(slot, line) + valueLength(slot) + tail(slot);
  }

  static int length(long slot, byte[] line) {
    return end(slot, line) - offset(slot);
  }

  /// Whether the line has this name.
  static boolean hasName(long slot, byte[] line, FieldName name) {
    int id = id(slot);
    return id == name.id()
        && (id != 0 || name.isSpelled(line, offset(slot), nameLength(slot, line)));
  }

  /// Whether two lines have the same name.
  static boolean sameName(long a, byte[] lineA, long b, byte[] lineB) {
    if (code(a) != code(b)) {
      return false;
    }
    int length = nameLength(a, lineA);
    return id(a) != 0
        || (length == nameLength(b, lineB)
            && Octets.equalsIgnoreCase(lineA, offset(a), lineB, offset(b), length));
  }

  /// See [KnownNames#presence].
  static long presence(long slot, byte[] line) {
    FieldName known = FieldName.TABLE.byId(id(slot));
    return known != null
        ? known.presence()
        : KnownNames.presence(0, KnownNames.hash(line, offset(slot), nameLength(slot, line)));
  }
}
