// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Allocation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Holds the types to their budget of heap: a proxied request may allocate 1 KiB in all.
final class FieldsAllocationTest {
  private static final int WARM_UP = 3_000;
  private static final int ROUNDS = 5_000;

  private static final FieldName CUSTOM = FieldName.of("X-Custom-Id");
  private static final FieldNames HOP_BY_HOP =
      FieldNames.of(FieldName.TE, FieldName.UPGRADE, FieldName.of("X-Other"));

  private static final String[] BROWSER = {
    "Host: www.example.com\r\n",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n",
    "Accept-Language: en-GB,en;q=0.5\r\n",
    "Accept-Encoding: gzip, deflate, br, zstd\r\n",
    "Connection: keep-alive\r\n",
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n",
    "Upgrade-Insecure-Requests: 1\r\n",
    "Sec-Fetch-Dest: document\r\n",
    "Sec-Fetch-Mode: navigate\r\n",
    "X-Custom-Id: 12345\r\n",
    "Priority: u=0, i\r\n",
  };

  private long sink;

  /// The octets that one call allocates, on average, after the code is warm.
  private static double allocatedPerCall(Runnable work) {
    for (int i = 0; i < WARM_UP; i++) {
      work.run();
    }
    long octets =
        Allocation.of(() -> {
          for (int i = 0; i < ROUNDS; i++) {
            work.run();
          }
        });
    return (double) octets / ROUNDS;
  }

  @Test
  void looksUpWithoutAllocating() {
    Fields fields = FieldsTest.received(BROWSER);
    double octets =
        allocatedPerCall(() -> {
          sink += fields.indexOf(FieldName.PRIORITY, 0);
          sink += fields.indexOf("x-custom-id", 0);
          sink += fields.indexOf(CUSTOM, 0);
          sink += fields.contains("accept-ENCODING", "br") ? 1 : 0;
          sink += fields.contains(FieldName.TE) ? 1 : 0;
          sink += fields.contains("X-None") ? 1 : 0;
          sink += fields.mayContain(HOP_BY_HOP) ? 1 : 0;
          sink += fields.valueAsLong(10);
          sink += fields.valueEqualsIgnoreCase(5, "Keep-Alive") ? 1 : 0;
          sink += fields.nameEquals(10, "x-custom-id") ? 1 : 0;
          sink += fields.encodedLength();
          sink += fields.remove(HOP_BY_HOP) ? 1 : 0;
        });

    assertThat(octets).isLessThan(1);
    assertThat(sink).isPositive();
  }

  @Test
  void writesWithoutAllocating() {
    Fields fields = FieldsTest.received(BROWSER);
    RequestHeader request = RequestHeader.of("GET", "/path?query");
    ResponseHeader response = ResponseHeader.of(200);
    fields.set("Host", "other.example");
    ByteBuffer out = ByteBuffer.allocateDirect(2048);
    double octets =
        allocatedPerCall(() -> {
          out.clear();
          sink += request.writeRequestLine(out) ? 1 : 0;
          sink += fields.writeTo(out) ? 1 : 0;
          sink += response.writeStatusLine(out) ? 1 : 0;
        });

    assertThat(octets).isLessThan(1);
    assertThat(sink).isEqualTo(3L * (WARM_UP + ROUNDS));
  }

  @Test
  void copiesAndEditsWithinTheBudget() {
    Fields fields = FieldsTest.received(BROWSER);
    double copy = allocatedPerCall(() -> sink += fields.copy().size());
    double edited =
        allocatedPerCall(() -> {
          Fields copied = fields.copy();
          copied.set(FieldName.HOST, "one.one.one.one");
          copied.remove(FieldName.CONNECTION);
          copied.add("X-Forwarded-For", "192.0.2.7");
          sink += copied.size();
        });

    assertThat(copy).isLessThanOrEqualTo(56);
    // The copy, its index with room for four lines more, 128 octets for what is added: made once,
    // where smaller ones would be made again at the gateway's fourth field.
    int planned = 48 + (16 + 16 * 8) + (16 + 128);
    assertThat(edited).isLessThan(planned + 8); // the smallest object there could be
  }

  @Test
  void readsAHeadWithinTheBudget() {
    byte[] head =
        ("GET /index.html?x=1 HTTP/1.1\r\n" + String.join("", BROWSER) + "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    double octets =
        allocatedPerCall(() -> {
          Fields fields = Fields.ofSection(head, 12);
          int start = 30;
          for (String line : BROWSER) {
            int colon = line.indexOf(':');
            int length = line.length() - colon - 4;
            fields.addLine(start, colon, start + colon + 2, length, start + line.length());
            start += line.length();
          }
          String method = Method.of(head, 0, 3);
          sink += RequestHeader.ofHead(method, head, 4, 15, HttpVersion.HTTP_1_1, fields).port();
        });

    // Beside the head: one object each for request and fields, one long for each line, and the
    // text of the Host field that port() asks for.
    assertThat(octets).isLessThanOrEqualTo(320);
  }
}
