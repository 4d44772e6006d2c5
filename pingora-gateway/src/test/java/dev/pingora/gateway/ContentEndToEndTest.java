// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.NginxOrigin;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.TestContent;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Content of every size through the gateway, with peers that are not ours: curl, nginx.
class ContentEndToEndTest {
  private static final int EDGE = 64 << 10;

  /// What a stream of any length may add to the heap that is in use: buffers of one connection, and
  /// what the tests' peers hold.
  private static final long CONSTANT = 24 << 20;

  @TempDir private Path folder;

  private static GatewayRig rig(int port, boolean stealing) throws Exception {
    return GatewayRig.with(
        """
        work_stealing: %s
        upstreams:
          app: { servers: ["127.0.0.1:%d"] }
        routes:
          - upstream: app
        """
            .formatted(stealing, port));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everySizeIsRelayedBothWays(boolean stealing) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), stealing);
        Wire client = rig.connect()) {
      for (int size : new int[] {0, 1, EDGE - 1, EDGE, EDGE + 1}) {
        for (String form : new String[] {"bytes", "chunked"}) {
          RawResponse response = client.send(RawHttp.get("/" + form + "/" + size)).readResponse();
          assertThat(response.text().getBytes(StandardCharsets.ISO_8859_1))
              .as("%s %d", form, size)
              .isEqualTo(TestContent.of(size));
        }
        client.send(RawHttp.head("POST /count HTTP/1.1", "Host: x", "Content-Length: " + size));
        client.sendContent(size);
        assertThat(client.readResponse().text()).isEqualTo(Integer.toString(size));
      }
      assertThat(origin.connections()).isEqualTo(1);
      assertThat(origin.failures().all()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"--http1.1", "--http1.0", "--http2-prior-knowledge"})
  void curlFetchesFromNginxAndUploads(String version) throws Exception {
    try (NginxOrigin nginx = NginxOrigin.start().file("f", EDGE + 1);
        TestOrigin origin = TestOrigin.start();
        GatewayRig down = rig(nginx.port(), false);
        GatewayRig up = rig(origin.port(), false)) {
      Path got = folder.resolve("got");
      Tool.run("curl", "-sSf", version, "-o", got.toString(), down.url("/files/f")).orFail();
      assertThat(got).hasBinaryContent(TestContent.of(EDGE + 1));
      assertThat(Tool.run("curl", "-sSf", version, down.url("/")).orFail().out())
          .isEqualTo("nginx\n");
      Tool.Result counted =
          Tool.run("curl", "-sSf", version, "--data-binary", "@" + got, up.url("/count"));
      assertThat(counted.orFail().out()).isEqualTo(Integer.toString(EDGE + 1));
    }
  }

  @Test
  void curlUploadsInChunksAndWaitsFor100Continue() throws Exception {
    Path file = Files.write(folder.resolve("up"), TestContent.of(3 * EDGE));
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), false)) {
      Tool.Result result =
          Tool.run(
              "curl",
              "-sSfv",
              "-H",
              "Transfer-Encoding: chunked",
              "-H",
              "Expect: 100-continue",
              "-T",
              file.toString(),
              rig.url("/count"));
      assertThat(result.orFail().out()).isEqualTo(Integer.toString(3 * EDGE));
      assertThat(result.err()).contains("HTTP/1.1 100 Continue");
    }
  }

  @Test
  void nginxInFrontKeepsItsConnections() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), false);
        NginxOrigin front =
            NginxOrigin.start(
                """
                location / {
                  proxy_pass http://127.0.0.1:%d;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                }
                """
                    .formatted(rig.port()))) {
      String url = "http://127.0.0.1:" + front.port();
      Tool.Result result = Tool.run("curl", "-sSf", url + "/a", url + "/b", url + "/bytes/10");
      assertThat(result.orFail().out()).startsWith("/a/b").hasSize(14);
      assertThat(origin.connections()).isEqualTo(1);
    }
  }

  // --- streams far larger than any buffer ---

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "h2c"})
  void streamsInConstantMemory(String protocol) throws Exception {
    stream(64L << 20, protocol, Duration.ofMinutes(1));
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(strings = {"1.1", "h2c"})
  void streamsAGibibyteInConstantMemory(String protocol) throws Exception {
    stream(1L << 30, protocol, Duration.ofMinutes(10));
  }

  private void stream(long bytes, String protocol, Duration patience) throws Exception {
    String version = protocol.equals("h2c") ? "--http2-prior-knowledge" : "--http1.1";
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), false)) {
      curl(patience, version, "-o", "/dev/null", rig.url("/bytes/" + (1 << 20))); // warm
      long before = usedAfterCollection();
      String size =
          curl(
              patience,
              version,
              "-o",
              "/dev/null",
              "-w",
              "%{size_download}",
              rig.url("/bytes/" + bytes));
      assertThat(size).isEqualTo(Long.toString(bytes));
      Path file = folder.resolve("large");
      writeContent(file, bytes);
      String counted = curl(patience, version, "-T", file.toString(), rig.url("/count"));
      assertThat(counted).isEqualTo(Long.toString(bytes));
      assertThat(usedAfterCollection() - before).isLessThan(CONSTANT);
      assertThat(rig.gateway().server().runtime().loops().bufferBudget().reserved())
          .isLessThan(CONSTANT);
    }
  }

  private static String curl(Duration patience, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "-sSf";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Tool.run(patience, "", "curl", all).orFail().out();
  }

  /// The content repeats itself, as [TestContent] says, so whole periods can be written again.
  private static void writeContent(Path file, long bytes) throws Exception {
    byte[] periods = TestContent.of(251 * 4096);
    try (var out = Files.newOutputStream(file)) {
      for (long left = bytes; left > 0; left -= periods.length) {
        out.write(periods, 0, (int) Math.min(left, periods.length));
      }
    }
  }

  @SuppressWarnings("SystemGc") // what is in use, not what was
  private static long usedAfterCollection() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
