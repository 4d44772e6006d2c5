// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The static table of RFC 7541 Appendix A: entries 1 to 61.
final class StaticTable {
  static final int LENGTH = 61;

  // Entries that the code names.
  static final int AUTHORITY = 1;
  static final int METHOD_GET = 2;
  static final int METHOD_POST = 3;
  static final int PATH = 4;
  static final int SCHEME_HTTP = 6;
  static final int SCHEME_HTTPS = 7;
  static final int STATUS_200 = 8;
  static final int AUTHORIZATION = 23;
  static final int COOKIE = 32;
  static final int PROXY_AUTHORIZATION = 49;
  static final int SET_COOKIE = 55;

  /// Names and values by turns.
  private static final String[] ENTRIES = {
    ":authority", "",
    ":method", "GET",
    ":method", "POST",
    ":path", "/",
    ":path", "/index.html",
    ":scheme", "http",
    ":scheme", "https",
    ":status", "200",
    ":status", "204",
    ":status", "206",
    ":status", "304",
    ":status", "400",
    ":status", "404",
    ":status", "500",
    "accept-charset", "",
    "accept-encoding", "gzip, deflate",
    "accept-language", "",
    "accept-ranges", "",
    "accept", "",
    "access-control-allow-origin", "",
    "age", "",
    "allow", "",
    "authorization", "",
    "cache-control", "",
    "content-disposition", "",
    "content-encoding", "",
    "content-language", "",
    "content-length", "",
    "content-location", "",
    "content-range", "",
    "content-type", "",
    "cookie", "",
    "date", "",
    "etag", "",
    "expect", "",
    "expires", "",
    "from", "",
    "host", "",
    "if-match", "",
    "if-modified-since", "",
    "if-none-match", "",
    "if-range", "",
    "if-unmodified-since", "",
    "last-modified", "",
    "link", "",
    "location", "",
    "max-forwards", "",
    "proxy-authenticate", "",
    "proxy-authorization", "",
    "range", "",
    "referer", "",
    "refresh", "",
    "retry-after", "",
    "server", "",
    "set-cookie", "",
    "strict-transport-security", "",
    "transfer-encoding", "",
    "user-agent", "",
    "vary", "",
    "via", "",
    "www-authenticate", "",
  };

  private static final byte[][] OCTETS = octets();

  /// First index of each name, by open addressing over [Octets#hash]; 0 where there is none.
  private static final byte[] BY_NAME = byName();

  private static final int MASK = 255;

  private StaticTable() {}

  static byte[] name(int index) {
    return OCTETS[2 * index - 2];
  }

  static byte[] value(int index) {
    return OCTETS[2 * index - 1];
  }

  /// {@return the first index with this lower-case name, 0 if there is none}
  ///
  /// @param hash of the name, by [Octets#hash]
  static int find(byte[] bytes, int from, int length, int hash) {
    for (int at = hash & MASK; BY_NAME[at] != 0; at = at + 1 & MASK) {
      if (equal(name(BY_NAME[at]), bytes, from, length)) {
        return BY_NAME[at];
      }
    }
    return 0;
  }

  /// {@return the index with this name and value, 0 if there is none}
  ///
  /// @param first what [#find] returned for the name
  static int findValue(int first, byte[] bytes, int from, int length) {
    byte[] name = name(first);
    // Entries of one name are neighbours; the longest run is :status with seven.
    for (int index = first; index <= LENGTH && name(index).length == name.length; index++) {
      if (equal(value(index), bytes, from, length) && equal(name(index), name, 0, name.length)) {
        return index;
      }
    }
    return 0;
  }

  static boolean equal(byte[] entry, byte[] bytes, int from, int length) {
    return Arrays.equals(entry, 0, entry.length, bytes, from, from + length);
  }

  private static byte[][] octets() {
    byte[][] octets = new byte[ENTRIES.length][];
    for (int i = 0; i < ENTRIES.length; i++) {
      octets[i] = ENTRIES[i].getBytes(StandardCharsets.US_ASCII);
    }
    return octets;
  }

  private static byte[] byName() {
    byte[] table = new byte[MASK + 1];
    for (int index = 1; index <= LENGTH; index++) {
      byte[] name = name(index);
      if (index > 1 && equal(name(index - 1), name, 0, name.length)) {
        continue;
      }
      int at = Octets.hash(name, 0, name.length) & MASK;
      while (table[at] != 0) {
        at = at + 1 & MASK;
      }
      table[at] = (byte) index;
    }
    return table;
  }
}
