// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.bytes;
import static dev.pingora.http1.Wire.present;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ProxyException;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.testkit.Allocation;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// Holds the codec to its budget of heap: a head costs its octets, its index and its header
/// objects; everything else nothing.
final class CodecAllocationTest {
  private static final int WARM_UP = 20_000;
  private static final int ROUNDS = 10_000;

  private static final String REQUEST =
      String.join(
          "\r\n",
          "GET /assets/app.js?v=20240611 HTTP/1.1",
          "Host: www.example.com",
          "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
          "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
          "Accept-Language: en-GB,en;q=0.5",
          "Accept-Encoding: gzip, deflate, br, zstd",
          "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark",
          "Upgrade-Insecure-Requests: 1",
          "Sec-Fetch-Dest: document",
          "X-Custom-Id: 12345",
          "Content-Length: 0",
          "Priority: u=0, i",
          "",
          "");

  private static final String RESPONSE =
      "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n";

  private interface Work {
    void run() throws ProxyException;
  }

  private final ByteBuffer requestOctets = direct(REQUEST);
  private final ByteBuffer responseOctets = direct(RESPONSE);
  private final HeadReader requests = HeadReader.forRequests(Http1Limits.REQUEST);
  private final HeadReader responses = HeadReader.forResponses(Http1Limits.RESPONSE);
  private final ByteBuffer out = ByteBuffer.allocateDirect(4096);
  private long sink;

  private static ByteBuffer direct(String text) {
    byte[] octets = bytes(text);
    return Wire.direct(octets, 0, octets.length);
  }

  private static double allocatedPerCall(Work work) {
    repeat(work, WARM_UP);
    return (double) Allocation.of(() -> repeat(work, ROUNDS)) / ROUNDS;
  }

  private static void repeat(Work work, int times) {
    try {
      for (int i = 0; i < times; i++) {
        work.run();
      }
    } catch (ProxyException e) {
      throw new AssertionError(e);
    }
  }

  private RequestHeader request() throws ProxyException {
    byte[] head = present(requests.read(requestOctets.position(0)));
    return requests.parseRequest(head);
  }

  private ResponseHeader response() throws ProxyException {
    byte[] head = present(responses.read(responseOctets.position(0)));
    return responses.parseResponse(head);
  }

  @Test
  void readsAHeadForItsOctetsItsIndexAndTwoObjects() {
    double ofRequest = allocatedPerCall(() -> sink += request().headers().size());
    double ofResponse = allocatedPerCall(() -> sink += response().headers().size());
    assertThat(ofRequest).isBetween((double) REQUEST.length(), REQUEST.length() + 340.0);
    assertThat(ofResponse).isBetween((double) RESPONSE.length(), RESPONSE.length() + 250.0);
  }

  @Test
  void decidesAndWritesWithoutAllocating() throws ProxyException {
    RequestHeader request = request();
    ResponseHeader response = response();
    double octets =
        allocatedPerCall(() -> {
          sink += Persistence.ofRequest(request) == Persistence.CLOSE ? 1 : 0;
          sink += Expectation.of(request) == Expectation.NONE ? 0 : 1;
          sink += Upgrade.isRequested(request) ? 1 : 0;
          sink += ConnectionOptions.ofRequest(request.headers()).close() ? 1 : 0;
          HopByHop.strip(request, HopByHop.Keep.TRAILERS);
          HopByHop.strip(response, HopByHop.Keep.TRAILERS);
          Persistence.KEEP_ALIVE.announceIn(response.headers(), HttpVersion.HTTP_1_1);
          sink += HeadWriter.encodedLength(request);
          HeadWriter.write(request, out.clear());
          HeadWriter.write(response, out);
          sink += out.position();
        });
    assertThat(octets).isLessThan(1);
  }

  @Test
  void decidesFramingForOneSmallObject() throws ProxyException {
    RequestHeader request = request();
    ResponseHeader response = response();
    double octets =
        allocatedPerCall(() -> {
          MessageFraming framing = MessageFraming.ofRequest(request);
          framing.announceIn(request.headers());
          sink += MessageFraming.ofResponse(response, "GET").hashCode();
        });
    // Two records of 24 octets; the measurement itself may add a few hundred in all.
    assertThat(octets).isLessThan(2 * 24 + 1);
  }

  @Test
  void readsAndWritesChunksWithoutAllocating() throws ProxyException {
    ContentReader reader =
        ContentReader.ofRequest(new MessageFraming.Chunked(), Http1Limits.REQUEST);
    ContentWriter writer = ContentWriter.of(new MessageFraming.Chunked());
    ByteBuffer in = direct("40;a=b\r\n" + "x".repeat(64) + "\r\n");
    double octets =
        allocatedPerCall(() -> {
          in.position(0);
          int n = reader.read(in);
          sink += n + reader.read(in);
          writer.writePrefix(n, out.clear());
          writer.writeSuffix(out);
        });
    assertThat(octets).isLessThan(1);
  }
}
