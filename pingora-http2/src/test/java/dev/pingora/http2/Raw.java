// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Frames and field blocks put together by hand, right or wrong, by code that shares nothing with
/// the main code. Methods append and return this.
final class Raw {
  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  byte[] bytes() {
    return bytes.toByteArray();
  }

  Raw text(String text) {
    bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /// Bytes in hexadecimal, blanks ignored.
  Raw hex(String hex) {
    bytes.writeBytes(HexFormat.of().parseHex(hex.replace(" ", "")));
    return this;
  }

  Raw int32(int value) {
    bytes.write(value >>> 24);
    bytes.write(value >>> 16);
    bytes.write(value >>> 8);
    bytes.write(value);
    return this;
  }

  /// A frame of any type and content.
  Raw frame(int type, int flags, int stream, byte[] payload) {
    return header(payload.length, type, flags, stream).append(payload);
  }

  Raw frame(int type, int flags, int stream, Raw payload) {
    return frame(type, flags, stream, payload.bytes());
  }

  /// A frame header alone.
  Raw header(int length, int type, int flags, int stream) {
    bytes.write(length >>> 16);
    bytes.write(length >>> 8);
    bytes.write(length);
    bytes.write(type);
    bytes.write(flags);
    return int32(stream);
  }

  Raw append(byte[] more) {
    bytes.writeBytes(more);
    return this;
  }

  // ---- frames as they should be ----

  Raw preface() {
    return text(PREFACE).settings();
  }

  Raw settings(int... idsAndValues) {
    Raw payload = new Raw();
    for (int i = 0; i < idsAndValues.length; i += 2) {
      payload.bytes.write(idsAndValues[i] >>> 8);
      payload.bytes.write(idsAndValues[i]);
      payload.int32(idsAndValues[i + 1]);
    }
    return frame(4, 0, 0, payload);
  }

  Raw settingsAck() {
    return frame(4, 1, 0, new Raw());
  }

  Raw data(int stream, String content, boolean end) {
    return frame(0, end ? 1 : 0, stream, new Raw().text(content));
  }

  Raw data(int stream, int length, boolean end) {
    return frame(0, end ? 1 : 0, stream, new byte[length]);
  }

  /// HEADERS with END_HEADERS.
  Raw headers(int stream, boolean end, Raw block) {
    return frame(1, end ? 5 : 4, stream, block);
  }

  Raw reset(int stream, int code) {
    return frame(3, 0, stream, new Raw().int32(code));
  }

  Raw ping(boolean ack, long opaque) {
    return frame(6, ack ? 1 : 0, 0, new Raw().int32((int) (opaque >>> 32)).int32((int) opaque));
  }

  Raw goAway(int last, int code, String debug) {
    return frame(7, 0, 0, new Raw().int32(last).int32(code).text(debug));
  }

  Raw windowUpdate(int stream, int increment) {
    return frame(8, 0, stream, new Raw().int32(increment));
  }

  Raw priority(int stream, int dependency) {
    return frame(2, 0, stream, new Raw().int32(dependency).hex("10"));
  }

  // ---- field blocks ----

  /// A line as a literal without indexing and without Huffman code.
  Raw line(String name, String value) {
    bytes.write(0x00);
    return string(name).string(value);
  }

  /// A line as a literal that enters the dynamic table.
  Raw indexedLine(String name, String value) {
    bytes.write(0x40);
    return string(name).string(value);
  }

  private Raw string(String text) {
    int length = text.length();
    if (length < 127) {
      bytes.write(length);
    } else {
      bytes.write(127);
      int rest = length - 127;
      while (rest >= 128) {
        bytes.write(rest | 128);
        rest >>>= 7;
      }
      bytes.write(rest);
    }
    return text(text);
  }

  /// The field block of a request.
  static Raw get(String path) {
    return request("GET", path);
  }

  static Raw post(String path) {
    return request("POST", path);
  }

  static Raw request(String method, String path) {
    return new Raw()
        .line(":method", method)
        .line(":scheme", "https")
        .line(":path", path)
        .line(":authority", "a.example");
  }
}
