// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the access log says of requests that came over real sockets.
class AccessLogEndToEndTest {
  @TempDir private Path folder;

  private Path log() {
    return folder.resolve("access.log");
  }

  private static List<String> lines(Path log) {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// {@return the lines, once there are so many}
  private List<String> lines(int count) {
    Eventually.holds(count + " lines", () -> lines(log()).size() >= count);
    return lines(log());
  }

  private GatewayRig rig(String format, int origin) throws Exception {
    return GatewayRig.with(
        """
        access_log: { path: "%s", format: '%s' }
        upstreams:
          app: { servers: ["127.0.0.1:%d"] }
        routes:
          - upstream: app
          - match: { path: /own }
            respond: { status: 201, body: "four" }
        """
            .formatted(log(), format, origin));
  }

  @Test
  void isOffUnlessAskedFor() throws Exception {
    assertThat(
            GatewayConf.parse(
                    "listeners: [{ address: '127.0.0.1:0' }]\nroutes: [{ respond: {} }]\n",
                    "t",
                    java.util.Map.of())
                .accessLog())
        .isNull();
  }

  @Test
  void combinedLineHasWhatItsReadersExpect() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig("combined", origin.port());
        Wire client = rig.connect()) {
      client.send(RawHttp.get("/a?b", "Referer: http://r/", "User-Agent: test/1")).readResponse();
      assertThat(lines(1).getFirst())
          .matches(
              "127\\.0\\.0\\.1 - - \\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000] "
                  + "\"GET /a\\?b HTTP/1\\.1\" 200 4 \"http://r/\" \"test/1\"");
    }
  }

  @Test
  void templateKnowsUpstreamAttemptsAndBytes() throws Exception {
    String format = "%m %U %H %v %s %b %I %{upstream}x %{attempts}x %{error}x";
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(format, origin.port());
        Wire client = rig.connect()) {
      client.send(RawHttp.post("/count", "")).readResponse();
      client.send(RawHttp.post("/echo", "12345")).readResponse();
      client.send(RawHttp.get("/own")).readResponse();
      assertThat(lines(3))
          .containsExactly(
              "POST /count HTTP/1.1 test 200 1 0 127.0.0.1:" + origin.port() + " 1 -",
              "POST /echo HTTP/1.1 test 200 5 5 127.0.0.1:" + origin.port() + " 1 -",
              "GET /own HTTP/1.1 test 201 4 0 - 0 -");
    }
  }

  @Test
  void failureIsNamed() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      closed = socket.getLocalPort();
    }
    try (GatewayRig rig = rig("%s %{attempts}x %{error}x", closed);
        Wire client = rig.connect()) {
      client.send(RawHttp.get("/")).readResponse();
      assertThat(lines(1).getFirst()).isEqualTo("502 3 ConnectRefused");
    }
  }

  @Test
  void jsonIsOneObjectALine() throws Exception {
    try (GatewayRig rig = rig("json", 1);
        Wire client = rig.connect()) {
      client.send(RawHttp.get("/own?\"q\"\\", "User-Agent: \"a\\b\"")).readResponse();
      assertThat(lines(1).getFirst())
          .startsWith("{\"time\":\"20")
          .contains("\"target\":\"/own?\\\"q\\\"\\\\\"", "\"user_agent\":\"\\\"a\\\\b\\\"\"")
          .contains("\"status\":201", "\"upstream\":null")
          .endsWith("}");
    }
  }

  /// Bytes beyond ASCII, tabs and quotes reach a field value (RFC 9110 §5.5) and nothing else.
  @Test
  void whatClientsSendStaysInsideItsField() throws Exception {
    try (GatewayRig rig = rig("combined", 1);
        Wire client = rig.connect()) {
      client
          .send(RawHttp.get("/own", "User-Agent: a\" 200 1 \"\t[31m\u009b\u00e9\\"))
          .readResponse();
      assertThat(lines(1).getFirst())
          .endsWith("\"a\\\" 200 1 \\\"\\x09[31m\\x9b\\xe9\\\\\"")
          .matches("[ -~]+");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET  / HTTP/1.1, 400",
    "GET / HTTP/1.1|Host: a|Host: b, 400",
    "GET / HTTP/1.1|Host: a|Content-Length: +1, 400",
    "GET / HTTP/1.1|Host: a|X: a\u0001b, 400",
    "GET / HTTP/2.0|Host: a, 505",
    "POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip;chunked, 501",
    "GET / HTTP/1.1|Host: a|Expect: wonders, 417"
  })
  void refusedRequestsAreLoggedWithTheirStatus(String head, int status) throws Exception {
    try (GatewayRig rig = rig("%h \"%r\" %s %{upstream}x", 1);
        Wire client = rig.connect()) {
      client.send(RawHttp.head(head.replace(';', ',').split("\\|", -1)));
      assertThat(client.readResponse().status()).isEqualTo(status);
      client.expectClosed();
      assertThat(lines(1)).containsExactly("127.0.0.1 \"-\" " + status + " -");
    }
  }

  @Test
  void connectIsRefusedAndLogged() throws Exception {
    try (GatewayRig rig = rig("\"%r\" %s", 1);
        Wire client = rig.connect()) {
      client.send(RawHttp.head("CONNECT a.example:443 HTTP/1.1", "Host: a.example:443"));
      assertThat(client.readResponse("CONNECT").status()).isEqualTo(405);
      client.expectClosed();
      assertThat(lines(1)).containsExactly("\"CONNECT a.example:443 HTTP/1.1\" 405");
    }
  }

  @Test
  void renamedFileIsReplacedOnReopen() throws Exception {
    AccessLogConf conf = new AccessLogConf(log(), AccessLogFormat.parse("%m"), 1.0);
    Path old = folder.resolve("access.log.1");
    try (AccessLog log = AccessLog.open(conf)) {
      log.log(entry("FIRST"));
      assertThat(lines(1)).containsExactly("FIRST");
      Files.move(log(), old);
      log.reopen();
      Eventually.holds("the file is there again", () -> Files.exists(log()));
      log.log(entry("SECOND"));
      assertThat(lines(1)).containsExactly("SECOND");
      assertThat(lines(old)).containsExactly("FIRST");
    }
  }

  @Test
  void closeWritesWhatWaitsAndDropsAreCounted() throws Exception {
    AccessLogConf conf = new AccessLogConf(log(), AccessLogFormat.parse("%m"), 1.0);
    AccessLog log = AccessLog.open(conf);
    for (int i = 0; i < 1_000; i++) {
      log.log(entry("M" + i));
    }
    log.close();
    assertThat(lines(log())).hasSize(1_000).startsWith("M0").endsWith("M999");
    log.log(entry("LATE"));
    assertThat(log.dropped()).isEqualTo(1);
    assertThat(log.written()).isEqualTo(1_000);
  }

  @Test
  void sampleTakesItsShare() throws Exception {
    AccessLogConf conf = new AccessLogConf(log(), AccessLogFormat.combined(), 0.1);
    try (AccessLog log = AccessLog.open(conf)) {
      int taken = 0;
      for (int i = 0; i < 10_000; i++) {
        taken += log.takes() ? 1 : 0;
      }
      assertThat(taken).isBetween(900, 1_100);
    }
  }

  @Test
  void queueThatIsFullDropsAndNeverWaits() {
    EntryQueue queue = new EntryQueue(4, 1 << 20);
    for (int i = 0; i < 4; i++) {
      assertThat(queue.offer(entry("M" + i))).isTrue();
    }
    assertThat(queue.offer(entry("over"))).isFalse();
    assertThat(queue.poll()).isEqualTo(entry("M0"));
    assertThat(queue.offer(entry("M4"))).isTrue();
    EntryQueue small = new EntryQueue(1_024, 1_000);
    assertThat(small.offer(entry("a"))).isTrue();
    int more = 0;
    while (small.offer(entry("b"))) {
      more++;
    }
    assertThat(more).isLessThan(4); // some 260 bytes each
  }

  private static AccessLogEntry entry(String method) {
    return new AccessLogEntry(
        0, "c", method, "/", "HTTP/1.1", null, 200, 0, 0, 0, null, null, null, 0, null, null);
  }

  @Test
  void stdoutIsSpelledAsADash() throws Exception {
    GatewayConf conf = GatewayConf.load(BrokenFilesTest.resource("full.yaml"), java.util.Map.of());
    assertThat(String.valueOf(conf.accessLog()).toLowerCase(Locale.ROOT)).contains("path=null");
  }
}
