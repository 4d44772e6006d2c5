// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Heads in a file as `curl -sSL -D FILE` writes them: one or several, each ended by an empty line
/// or the end of the file, lines by CR LF or LF.
final class HeadFile {
  /// Of a file; a few thousand heads.
  static final int MAX_BYTES = 4 << 20;

  private static final int MAX_FIELDS = 1000;

  private final Path file;
  private final List<ResponseHeader> heads = new ArrayList<>();
  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private int headLine;

  private HeadFile(Path file) {
    this.file = file;
  }

  /// {@return the heads of a file}
  ///
  /// @throws IOException if it cannot be read, is too large, or holds something else
  static List<ResponseHeader> read(Path file) throws IOException {
    byte[] octets;
    try (InputStream in = Files.newInputStream(file)) {
      octets = in.readNBytes(MAX_BYTES + 1);
    }
    if (octets.length > MAX_BYTES) {
      throw new IOException(file + ": more than " + MAX_BYTES + " octets (expected: fewer)");
    }
    return new HeadFile(file).parse(new String(octets, StandardCharsets.ISO_8859_1));
  }

  private List<ResponseHeader> parse(String text) throws IOException {
    int number = 0;
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      int next = end < 0 ? text.length() : end + 1;
      int length = (end < 0 ? text.length() : end) - start;
      number++;
      addLine(strip(text.substring(start, start + length)), number);
      start = next;
    }
    endHead();
    return heads;
  }

  private static String strip(String line) {
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private void addLine(String line, int number) throws IOException {
    if (line.isEmpty()) {
      endHead();
      return;
    }
    if (head.size() == 0) {
      headLine = number;
    }
    head.writeBytes((normal(line) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  /// curl writes the status lines of later versions in a form of its own.
  private static String normal(String line) {
    if (line.startsWith("HTTP/2 ") || line.startsWith("HTTP/3 ")) {
      String version = line.substring(0, 6) + ".0";
      String rest = line.substring(6);
      return version + (rest.indexOf(' ', 1) < 0 ? rest + " " : rest);
    }
    return line;
  }

  private void endHead() throws IOException {
    if (head.size() == 0) {
      return;
    }
    head.writeBytes(new byte[] {'\r', '\n'});
    try {
      heads.add(HeaderText.parse(head.toByteArray(), MAX_FIELDS));
    } catch (ProxyException e) {
      throw new IOException(
          "%s:%d: no response head: %s".formatted(file, headLine, e.context()), e);
    }
    head.reset();
  }
}
