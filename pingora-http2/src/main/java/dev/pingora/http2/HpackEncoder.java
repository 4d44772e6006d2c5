// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.util.Arrays;

/// Encodes field blocks (RFC 7541 §6). One for each direction of a connection, for its life.
///
/// What is put into the dynamic table: a field line seen for the second time. Most lines of a
/// service repeat for ever (`server`, `content-type`, `vary`), while identifiers, dates of
/// modification and lengths come once and would only push the others out; sending a line once more
/// in full costs less than to guess by name. Lines that hold credentials are never indexed (RFC
/// 7541 §7.1.3): an upstream connection carries requests of many clients, and a shared table would
/// tell one client about another.
///
/// Lookup: entries hang in chains by the hash of their name, newest first, `next` holding the
/// number of the entry before. Eviction is in order of age, so the first evicted entry met ends a
/// chain, and nothing has to be unlinked. A walk is bounded by [#MAX_WALK].
///
/// Threads: the connection thread only.
final class HpackEncoder {
  /// What we use of the table that the peer offers.
  private static final int MAX_TABLE = Wire.DEFAULT_TABLE;

  private static final int CHAINS = 64;
  private static final int MAX_WALK = 16;

  /// Entries that fit at most: 4096 / 32, a power of two.
  private static final int SLOTS = MAX_TABLE / HpackTable.OVERHEAD;

  /// Lines remembered as seen, and how many of them form a set; powers of two.
  private static final int SEEN = 64;

  private static final int WAYS = 4;

  /// What is kept of the block's array between blocks.
  private static final int KEEP = 4_096;

  private static final int[] NONE = {};

  private final HpackTable table = new HpackTable(MAX_TABLE);

  /// The block being encoded.
  private final Scratch out = new Scratch();

  // The name of the line being encoded, in lower case, and what is known of it.
  private final Scratch name = new Scratch();
  private int nameHash;
  private int staticName;

  // Made with the first entry. Chains hold numbers plus one: 0 is the end.
  private int[] heads = NONE;
  private int[] next = NONE;
  private int[] lineHashes = NONE;

  /// Hashes of lines seen lately.
  private int[] seen = NONE;

  // The smallest and the last size to announce; equal to the table's when there is nothing to say.
  private int smallestSize = MAX_TABLE;
  private int lastSize = MAX_TABLE;

  /// Takes over the peer's SETTINGS_HEADER_TABLE_SIZE.
  void maxTableSize(int bytes) {
    lastSize = Math.min(bytes, MAX_TABLE);
    smallestSize = Math.min(smallestSize, lastSize);
  }

  /// {@return the block encoded since [#begin], lent until the next one}
  Scratch block() {
    return out;
  }

  /// Begins a field block.
  void begin() {
    out.reset(KEEP);
    if (smallestSize == table.maxSize() && lastSize == table.maxSize()) {
      return;
    }
    // RFC 7541 §4.2: the smallest size in between has to be signalled, then the final one.
    if (smallestSize < lastSize) {
      announce(smallestSize);
    }
    announce(lastSize);
    smallestSize = lastSize;
  }

  private void announce(int size) {
    table.maxSize(size);
    integer(0x20, 5, size);
  }

  /// A line of which name and value are in the static table.
  void indexed(int index) {
    integer(0x80, 7, index);
  }

  /// The name of a line; [#value] has to follow. Written in lower case (RFC 9113 §8.2.1).
  void name(byte[] bytes, int from, int length) {
    name.length = 0;
    byte[] lower = name.ensure(length);
    for (int i = 0; i < length; i++) {
      byte b = bytes[from + i];
      lower[i] = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }
    name.length = length;
    nameHash = Octets.hash(lower, 0, length);
    staticName = StaticTable.find(lower, 0, length, nameHash);
  }

  /// The name of a line, as the name of an entry of the static table.
  void name(int staticIndex) {
    name.length = 0;
    byte[] bytes = StaticTable.name(staticIndex);
    name.put(bytes, 0, bytes.length);
    nameHash = Octets.hash(bytes, 0, bytes.length);
    staticName = staticIndex;
  }

  /// The value of the line whose name has just been given.
  ///
  /// @param neverIndexed whether the sender of the line forbade compression by tables
  void value(byte[] bytes, int from, int length, boolean neverIndexed) {
    if (neverIndexed || isSecret(staticName)) {
      literal(0x10, staticName, bytes, from, length);
      return;
    }
    int index = staticName == 0 ? 0 : StaticTable.findValue(staticName, bytes, from, length);
    int valueHash = Octets.hash(bytes, from, length);
    if (index == 0) {
      index = findLine(valueHash, bytes, from, length);
    }
    if (index != 0) {
      indexed(index);
      return;
    }
    int nameIndex = staticName != 0 ? staticName : findName();
    boolean fits = name.length + length + HpackTable.OVERHEAD <= table.maxSize() / 2;
    if (!fits || !seenBefore(31 * nameHash + valueHash)) {
      literal(0x00, nameIndex, bytes, from, length);
      return;
    }
    literal(0x40, nameIndex, bytes, from, length);
    insert(valueHash, bytes, from, length);
  }

  /// RFC 7541 §7.1.3: what must not be guessed by watching lengths. The names are all in the static
  /// table.
  private static boolean isSecret(int staticName) {
    return switch (staticName) {
      case StaticTable.AUTHORIZATION,
          StaticTable.PROXY_AUTHORIZATION,
          StaticTable.COOKIE,
          StaticTable.SET_COOKIE ->
          true;
      default -> false;
    };
  }

  /// Remembers the line, and says whether it was remembered already.
  ///
  /// The memory is small sets of hashes, the latest first: lines that share a set by chance do not
  /// push each other out at once.
  private boolean seenBefore(int lineHash) {
    if (seen.length == 0) {
      seen = new int[SEEN];
    }
    int set = (lineHash ^ lineHash >>> 16) & SEEN - WAYS;
    int carried = lineHash;
    for (int way = set; way < set + WAYS; way++) {
      int before = seen[way];
      seen[way] = carried;
      if (before == lineHash) {
        return true;
      }
      carried = before;
    }
    return false;
  }

  // ---- the dynamic table ----

  /// {@return the index of this line in the dynamic table, or 0}
  private int findLine(int valueHash, byte[] bytes, int from, int length) {
    if (heads.length == 0) {
      return 0;
    }
    int number = heads[nameHash & CHAINS - 1] - 1;
    for (int walked = 0; walked < MAX_WALK && table.holds(number); walked++) {
      int slot = number & SLOTS - 1;
      if (lineHashes[slot] == 31 * nameHash + valueHash
          && hasName(number)
          && hasValue(number, bytes, from, length)) {
        return indexOf(number);
      }
      number = next[slot] - 1;
    }
    return 0;
  }

  /// {@return the index of an entry with the name in the dynamic table, or 0}
  private int findName() {
    if (heads.length == 0) {
      return 0;
    }
    int number = heads[nameHash & CHAINS - 1] - 1;
    for (int walked = 0; walked < MAX_WALK && table.holds(number); walked++) {
      if (hasName(number)) {
        return indexOf(number);
      }
      number = next[number & SLOTS - 1] - 1;
    }
    return 0;
  }

  private boolean hasName(int number) {
    int at = table.nameFrom(number);
    int length = table.nameLength(number);
    return Arrays.equals(table.data(), at, at + length, name.bytes, 0, name.length);
  }

  private boolean hasValue(int number, byte[] bytes, int from, int length) {
    int at = table.nameFrom(number) + table.nameLength(number);
    int to = at + table.valueLength(number);
    return Arrays.equals(table.data(), at, to, bytes, from, from + length);
  }

  private int indexOf(int number) {
    return StaticTable.LENGTH + table.nextNumber() - number;
  }

  private void insert(int valueHash, byte[] bytes, int from, int length) {
    if (heads.length == 0) {
      heads = new int[CHAINS];
      next = new int[SLOTS];
      lineHashes = new int[SLOTS];
    }
    int number = table.nextNumber();
    int nameLength = name.length;
    name.put(bytes, from, length);
    table.insert(name.bytes, 0, nameLength, nameLength, length);
    int slot = number & SLOTS - 1;
    int chain = nameHash & CHAINS - 1;
    lineHashes[slot] = 31 * nameHash + valueHash;
    next[slot] = heads[chain];
    heads[chain] = number + 1;
  }

  // ---- representations ----

  /// A literal of the name that was given and this value (RFC 7541 §6.2).
  private void literal(int pattern, int index, byte[] bytes, int from, int length) {
    integer(pattern, pattern == 0x40 ? 6 : 4, index);
    if (index == 0) {
      string(name.bytes, 0, name.length);
    }
    string(bytes, from, length);
  }

  /// RFC 7541 §5.2, in Huffman code where that is shorter.
  private void string(byte[] bytes, int from, int length) {
    int encoded = Huffman.encodedLength(bytes, from, length);
    if (encoded < length) {
      integer(0x80, 7, encoded);
      Huffman.encode(bytes, from, length, out);
    } else {
      integer(0x00, 7, length);
      out.put(bytes, from, length);
    }
  }

  /// RFC 7541 §5.1.
  private void integer(int pattern, int prefix, int value) {
    byte[] target = out.ensure(6);
    int mask = (1 << prefix) - 1;
    if (value < mask) {
      target[out.length++] = (byte) (pattern | value);
      return;
    }
    target[out.length++] = (byte) (pattern | mask);
    int rest = value - mask;
    while (rest >= 0x80) {
      target[out.length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[out.length++] = (byte) rest;
  }
}
