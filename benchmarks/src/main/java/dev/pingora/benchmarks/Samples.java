// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Messages as they come, in direct memory as from a socket.
final class Samples {
  /// What load generators send.
  static final String SHORT_REQUEST =
      "GET /a HTTP/1.1\r\nHost: 127.0.0.1:6188\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";

  /// What browsers send, cookies included.
  static final String BROWSER_REQUEST =
      """
      GET /articles/2026/11/a-long-title-of-an-article?utm_source=letter&page=2 HTTP/1.1
      Host: www.example.org
      User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
      Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
      Accept-Language: en-GB,en;q=0.5
      Accept-Encoding: gzip, deflate, br, zstd
      Referer: https://www.example.org/articles/2026/11/
      Connection: keep-alive
      Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=yes; ab=17
      Upgrade-Insecure-Requests: 1
      Sec-Fetch-Dest: document
      Sec-Fetch-Mode: navigate
      Sec-Fetch-Site: same-origin
      Priority: u=0, i
      Cache-Control: max-age=0

      """
          .replace("\n", "\r\n");

  /// What an application server answers.
  static final String RESPONSE =
      """
      HTTP/1.1 200 OK
      Server: origin
      Date: Fri, 20 Nov 2026 00:00:00 GMT
      Content-Type: text/plain
      Content-Length: 128
      Cache-Control: max-age=60
      X-Origin: a

      """
          .replace("\n", "\r\n");

  private Samples() {}

  static ByteBuffer direct(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /// So much content in chunks of the same size, with the last chunk and no trailers.
  static ByteBuffer chunked(int contentBytes, int chunkBytes) {
    var text = new StringBuilder();
    for (int sent = 0; sent < contentBytes; sent += chunkBytes) {
      text.append(Integer.toHexString(chunkBytes)).append("\r\n");
      text.append("x".repeat(chunkBytes)).append("\r\n");
    }
    return direct(text.append("0\r\n\r\n").toString());
  }
}
