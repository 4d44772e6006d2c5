// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Keeps the lines that a decoder decodes, as `name: value`; never-indexed ones with a star.
final class LineLog implements FieldTarget {
  final List<String> lines = new ArrayList<>();
  private final Scratch bytes = new Scratch();
  boolean admitting = true;

  @Override
  public Scratch bytes() {
    return bytes;
  }

  @Override
  public boolean admits(int nameLength, int valueLength) {
    return admitting;
  }

  @Override
  public void line(int nameFrom, int nameLength, int valueFrom, boolean neverIndexed) {
    String name = new String(bytes.bytes, nameFrom, nameLength, StandardCharsets.ISO_8859_1);
    String value =
        new String(bytes.bytes, valueFrom, bytes.length - valueFrom, StandardCharsets.ISO_8859_1);
    lines.add(name + ": " + value + (neverIndexed ? " *" : ""));
    if (valueFrom != nameFrom + nameLength + 2) {
      throw new AssertionError("colon and space are to stand between name and value");
    }
    bytes.length = nameFrom;
  }

  /// {@return the lines decoded since the last call}
  List<String> take() {
    List<String> taken = List.copyOf(lines);
    lines.clear();
    return taken;
  }
}
