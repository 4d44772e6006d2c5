// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// Takes the field lines that an [HpackDecoder] decodes.
///
/// The decoder writes into [#bytes], name and value next to each other with a colon and a space
/// between, as HTTP/1 would have them. The target keeps the line where it is by leaving the length
/// alone, or drops it by setting the length back.
interface FieldTarget {
  /// {@return the array that lines are decoded into}
  Scratch bytes();

  /// Asked before a line is copied out of a table, so that a repeated reference to a large entry
  /// costs nothing once the section is beyond its limit.
  ///
  /// @return whether the line would still fit; if not, it counts as seen
  boolean admits(int nameLength, int valueLength);

  /// A line has been decoded; `bytes().length` is the end of its value.
  ///
  /// @param neverIndexed whether the sender forbids compression by tables (RFC 7541 §7.1.3)
  void line(int nameFrom, int nameLength, int valueFrom, boolean neverIndexed);
}
