// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A message as a peer read it: a parser of its own, simple, strict about framing, and for content
/// that fits in memory.
///
/// @param startLine the request line or status line, without CRLF
/// @param fields all field lines in order
/// @param content decoded from chunks
/// @param trailers field lines after the last chunk
public record RawMessage(
    String startLine, List<RawField> fields, byte[] content, List<RawField> trailers) {
  /// Most content that is read.
  public static final int MAX_CONTENT = 64 << 20;

  /// How the end of content is found (RFC 9112 §6.3).
  enum Ending {
    EMPTY,
    LENGTH,
    CHUNKS,
    CLOSE
  }

  /// {@return the content as text, one character per byte}
  public String text() {
    return new String(content, ISO_8859_1);
  }

  /// {@return the value of the first field of this name, in any case}
  public Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  /// {@return the values of all fields of this name, in order}
  public List<String> all(String name) {
    return values(fields, name);
  }

  /// {@return whether there is a field of this name}
  public boolean has(String name) {
    return !all(name).isEmpty();
  }

  static List<String> values(List<RawField> fields, String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(RawField::value)
        .toList();
  }

  /// The third word of a status line is optional, the code is not (RFC 9112 §4).
  static int status(String statusLine) {
    if (!statusLine.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
      throw new AssertionError("no status line: '" + Escaped.of(statusLine) + "'");
    }
    return Integer.parseInt(statusLine.substring(9, 12));
  }

  static List<RawField> readFields(Wire wire) {
    List<RawField> fields = new ArrayList<>();
    for (String line = wire.readLine(); !line.isEmpty(); line = wire.readLine()) {
      fields.add(RawField.parse(line));
    }
    return fields;
  }

  /// Reads what follows a header section.
  static RawMessage readContent(Wire wire, String startLine, List<RawField> fields, Ending ending) {
    List<RawField> trailers = List.of();
    byte[] content =
        switch (ending) {
          case EMPTY -> new byte[0];
          case CLOSE -> wire.readToEnd();
          case LENGTH -> wire.read(checkedLength(length(fields)));
          case CHUNKS -> readChunks(wire);
        };
    if (ending == Ending.CHUNKS) {
      trailers = readFields(wire);
    }
    return new RawMessage(startLine, List.copyOf(fields), content, List.copyOf(trailers));
  }

  /// How the content of a message with these fields ends; `unframed` if they do not say.
  static Ending ending(List<RawField> fields, Ending unframed) {
    List<String> codings = values(fields, "Transfer-Encoding");
    List<String> lengths = values(fields, "Content-Length");
    if (!codings.isEmpty()) {
      if (!lengths.isEmpty() || !codings.equals(List.of("chunked"))) {
        throw new AssertionError("unexpected framing: " + fields);
      }
      return Ending.CHUNKS;
    }
    return lengths.isEmpty() ? unframed : Ending.LENGTH;
  }

  /// The one `Content-Length` of these fields.
  static long length(List<RawField> fields) {
    List<String> lengths = values(fields, "Content-Length");
    if (lengths.size() != 1 || !lengths.get(0).matches("[0-9]{1,18}")) {
      throw new AssertionError("unexpected Content-Length: " + lengths);
    }
    return Long.parseLong(lengths.get(0));
  }

  private static int checkedLength(long length) {
    if (length > MAX_CONTENT) {
      throw new AssertionError(
          "content of " + length + " bytes (expected: <= " + MAX_CONTENT + ")");
    }
    return (int) length;
  }

  private static byte[] readChunks(Wire wire) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    while (true) {
      int size = checkedLength(chunkSize(wire.readLine()) + content.size()) - content.size();
      if (size == 0) {
        return content.toByteArray();
      }
      content.writeBytes(wire.read(size));
      wire.expect("\r\n");
    }
  }

  /// The size in a chunk line; extensions are ignored (RFC 9112 §7.1.1).
  static long chunkSize(String line) {
    String size = line.split(";", 2)[0].strip();
    if (!size.matches("[0-9a-fA-F]{1,15}")) {
      throw new AssertionError("no chunk size: '" + Escaped.of(line) + "'");
    }
    return Long.parseLong(size, 16);
  }

  @Override
  public String toString() {
    return startLine + " " + fields + " " + Escaped.of(content) + " " + trailers;
  }
}
