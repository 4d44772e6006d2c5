// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/// Writes HTTP/1.1 messages as text, exactly as told: nothing is added, checked or mended except
/// where a method says so.
public final class RawHttp {
  private RawHttp() {}

  /// {@return `lines`, each followed by CRLF, and an empty line}
  public static String head(String... lines) {
    return lines(lines) + "\r\n";
  }

  /// {@return `lines`, each followed by CRLF}
  public static String lines(String... lines) {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      text.append(line).append("\r\n");
    }
    return text.toString();
  }

  /// {@return a GET request with `Host: test` and the given field lines}
  public static String get(String target, String... fieldLines) {
    return "GET " + target + " HTTP/1.1\r\nHost: test\r\n" + head(fieldLines);
  }

  /// {@return a POST request with `Host: test`, `Content-Length` and the given field lines}
  public static String post(String target, String content, String... fieldLines) {
    return "POST "
        + target
        + " HTTP/1.1\r\nHost: test\r\nContent-Length: "
        + length(content)
        + "\r\n"
        + head(fieldLines)
        + content;
  }

  /// {@return a response with `Content-Length` and the given field lines}
  public static String response(int status, String content, String... fieldLines) {
    return "HTTP/1.1 "
        + status
        + " "
        + reason(status)
        + "\r\nContent-Length: "
        + length(content)
        + "\r\n"
        + head(fieldLines)
        + content;
  }

  /// {@return chunked content (RFC 9112 §7.1): the chunks and the last one, no trailers}
  public static String chunked(String... chunks) {
    return chunks(chunks) + "0\r\n\r\n";
  }

  /// {@return the chunks without the last one}
  public static String chunks(String... chunks) {
    StringBuilder text = new StringBuilder();
    for (String chunk : chunks) {
      text.append(Integer.toHexString(length(chunk))).append("\r\n").append(chunk).append("\r\n");
    }
    return text.toString();
  }

  private static int length(String content) {
    return content.getBytes(ISO_8859_1).length;
  }

  /// A reason phrase for the statuses that tests use; recipients ignore it.
  static String reason(int status) {
    return switch (status) {
      case 100 -> "Continue";
      case 103 -> "Early Hints";
      case 200 -> "OK";
      case 204 -> "No Content";
      case 206 -> "Partial Content";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 304 -> "Not Modified";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 413 -> "Content Too Large";
      case 500 -> "Internal Server Error";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Some Status";
    };
  }
}
