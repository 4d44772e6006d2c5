// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// Decodes field blocks (RFC 7541 §3, §6). One for each direction of a connection, for its life.
///
/// Every block must pass through here in the order of arrival, even that of a refused stream, since
/// the blocks share the table (RFC 9113 §4.3). Any error is a connection error.
///
/// Bounds: the table by the size we announced; the output by [FieldTarget]; the work by the length
/// of the block, which [FrameReader] bounds.
///
/// Threads: the connection thread only.
final class HpackDecoder {
  private final HpackTable table = new HpackTable(Wire.DEFAULT_TABLE);

  /// The largest size that the peer may choose for the table.
  private int allowedSize = Wire.DEFAULT_TABLE;

  /// Whether the peer must begin its next block with a size update.
  private boolean updateDue;

  // The block being decoded.
  private byte[] block = new byte[0];
  private int at;
  private int end;

  /// Our SETTINGS_HEADER_TABLE_SIZE has been acknowledged.
  ///
  /// RFC 7541 §4.2: a reduction has to be confirmed at the beginning of the next block.
  void allowedSize(int bytes) {
    allowedSize = bytes;
    updateDue = bytes < table.maxSize();
  }

  /// Decodes `bytes[from..to)`, which must be a whole field block.
  void decode(byte[] bytes, int from, int to, FieldTarget target) throws ConnectionException {
    block = bytes;
    at = from;
    end = to;
    sizeUpdates();
    while (at < end) {
      int first = block[at] & 0xff;
      if (first >= 0x80) {
        indexed(target);
      } else if (first >= 0x40) {
        // RFC 7541 §6.2.1: literal with incremental indexing.
        literal(target, 6, true, false);
      } else if (first < 0x20) {
        // RFC 7541 §6.2.2, §6.2.3: literal without indexing, never indexed.
        literal(target, 4, false, first >= 0x10);
      } else {
        // RFC 7541 §4.2: only at the beginning of a block.
        throw ConnectionException.compression("table size update inside a field block");
      }
    }
  }

  /// Table size updates stand at the beginning of a block (RFC 7541 §4.2).
  private void sizeUpdates() throws ConnectionException {
    // RFC 7541 §4.2: at most two, the smallest and the final one.
    for (int updates = 0; at < end && (block[at] & 0xe0) == 0x20; updates++) {
      int size = integer(5);
      if (size > allowedSize) {
        throw ConnectionException.compression("table size update above the setting");
      }
      if (updates == 2) {
        throw ConnectionException.compression("more than two table size updates");
      }
      table.maxSize(size);
      updateDue = false;
    }
    if (updateDue) {
      throw ConnectionException.compression("table size update missing");
    }
  }

  /// RFC 7541 §6.1: a line of one of the tables.
  private void indexed(FieldTarget target) throws ConnectionException {
    int index = integer(7);
    Scratch out = target.bytes();
    int nameFrom = out.length;
    if (index > 0 && index <= StaticTable.LENGTH) {
      byte[] name = StaticTable.name(index);
      byte[] value = StaticTable.value(index);
      if (target.admits(name.length, value.length)) {
        out.put(name, 0, name.length);
        separator(out);
        out.put(value, 0, value.length);
        target.line(nameFrom, name.length, out.length - value.length, false);
      }
      return;
    }
    int number = entry(index);
    int nameLength = table.nameLength(number);
    int valueLength = table.valueLength(number);
    if (target.admits(nameLength, valueLength)) {
      int from = table.nameFrom(number);
      out.put(table.data(), from, nameLength);
      separator(out);
      out.put(table.data(), from + nameLength, valueLength);
      target.line(nameFrom, nameLength, out.length - valueLength, false);
    }
  }

  private void literal(FieldTarget target, int prefix, boolean indexing, boolean never)
      throws ConnectionException {
    int index = integer(prefix);
    Scratch out = target.bytes();
    int nameFrom = out.length;
    if (index == 0) {
      string(out);
    } else if (index <= StaticTable.LENGTH) {
      byte[] name = StaticTable.name(index);
      out.put(name, 0, name.length);
    } else {
      int number = entry(index);
      out.put(table.data(), table.nameFrom(number), table.nameLength(number));
    }
    int nameLength = out.length - nameFrom;
    separator(out);
    int valueFrom = out.length;
    string(out);
    int valueLength = out.length - valueFrom;
    if (indexing) {
      table.insert(out.bytes, nameFrom, nameLength, valueFrom, valueLength);
    }
    if (target.admits(nameLength, valueLength)) {
      target.line(nameFrom, nameLength, valueFrom, never);
    } else {
      out.length = nameFrom;
    }
  }

  /// What HTTP/1 puts between name and value.
  private static void separator(Scratch out) {
    byte[] bytes = out.ensure(2);
    bytes[out.length++] = ':';
    bytes[out.length++] = ' ';
  }

  /// {@return the number of the dynamic table's entry at `index`}
  private int entry(int index) throws ConnectionException {
    // RFC 7541 §2.3.3: one index address space; beyond it, and for 0, a decoding error (§6.1).
    int distance = index - StaticTable.LENGTH;
    if (distance < 1 || distance > table.count()) {
      throw ConnectionException.compression("invalid table index");
    }
    return table.nextNumber() - distance;
  }

  /// Appends the string at the read position (RFC 7541 §5.2).
  private void string(Scratch out) throws ConnectionException {
    boolean huffman = at < end && (block[at] & 0x80) != 0;
    int length = integer(7);
    if (length > end - at) {
      throw ConnectionException.compression("string beyond the field block");
    }
    if (huffman) {
      Huffman.decode(block, at, length, out);
    } else {
      out.put(block, at, length);
    }
    at += length;
  }

  /// {@return the integer at the read position, with a prefix of so many bits (RFC 7541 §5.1)}
  private int integer(int prefix) throws ConnectionException {
    if (at == end) {
      throw truncated();
    }
    int mask = (1 << prefix) - 1;
    int value = block[at++] & mask;
    if (value < mask) {
      return value;
    }
    // Four more octets hold 28 bits, more than any length or index in our bounds needs; an
    // endless run of zeros in 7-bit groups ends here as well.
    for (int shift = 0; shift < 28; shift += 7) {
      if (at == end) {
        throw truncated();
      }
      int octet = block[at++];
      value += (octet & 0x7f) << shift;
      if (octet >= 0) {
        return value;
      }
    }
    throw ConnectionException.compression("integer too large");
  }

  private static ConnectionException truncated() {
    return ConnectionException.compression("truncated field block");
  }
}
