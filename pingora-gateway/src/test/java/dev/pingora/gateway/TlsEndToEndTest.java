// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.tls.CertificateFiles;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestContent;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.Wire;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// TLS on both sides of the gateway, by every library that is here, with clients of others.
class TlsEndToEndTest {
  @TempDir private Path folder;

  /// {@return the providers that can be used here}
  static List<String> providers() {
    return TlsProviders.installed().all().stream()
        .filter(provider -> provider.availability() instanceof Availability.Available)
        .map(TlsProvider::id)
        .toList();
  }

  @BeforeEach
  void writeFiles() throws IOException {
    write("good", TestCertificates.server());
    write("rsa", TestCertificates.server(KeyType.RSA));
    write("other", TestCertificates.wrongName());
    write("client", TestCertificates.client());
    write("stranger", TestCertificates.otherClient());
    Files.writeString(
        folder.resolve("ca.pem"), TestCertificates.pem(List.of(TestCertificates.root())));
  }

  private void write(String name, CertKey key) throws IOException {
    Files.writeString(folder.resolve(name + ".pem"), TestCertificates.chainPem(key));
    Files.writeString(folder.resolve(name + ".key"), TestCertificates.keyPem(key));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private String pair(String name) {
    return "{ cert: \"%s\", key: \"%s\" }".formatted(file(name + ".pem"), file(name + ".key"));
  }

  /// A gateway with TLS in front of an origin; `more` are further keys of the `tls:` block.
  private GatewayRig secure(String provider, int origin, String more) throws Exception {
    return GatewayRig.start(
        """
        threads: 1
        listeners:
          - address: 127.0.0.1:0
            tls: { provider: %s, certificates: [%s, %s, %s]%s }
        upstreams:
          app: { servers: ["127.0.0.1:%d"] }
        routes:
          - upstream: app
        """
            .formatted(provider, pair("good"), pair("rsa"), pair("other"), more, origin));
  }

  /// Runs curl as a client that trusts the test's root and asks for its good name.
  private Tool.Result curl(GatewayRig rig, String target, String... options) {
    return curl(TestCertificates.NAME, rig, target, options);
  }

  private Tool.Result curl(String name, GatewayRig rig, String target, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-sS",
                "--max-time",
                "20",
                "--cacert",
                file("ca.pem"),
                "--resolve",
                name + ":" + rig.port() + ":127.0.0.1"));
    arguments.addAll(Arrays.asList(options));
    arguments.add("https://" + name + ":" + rig.port() + target);
    return Tool.run("curl", arguments.toArray(new String[0]));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void servesHttp2AndHttp1AsTheClientWishes(String provider) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), "")) {
      assertThat(curl(rig, "/a", "-i").orFail().out()).startsWith("HTTP/2 200").contains("/a");
      assertThat(curl(rig, "/b", "-i", "--http1.1").orFail().out())
          .startsWith("HTTP/1.1 200")
          .contains("/b");
      assertThat(curl(rig, "/c", "-i", "--no-alpn").orFail().out()).startsWith("HTTP/1.1 200");
      assertThat(curl(rig, "/d", "-i", "--tls-max", "1.2").orFail().out()).startsWith("HTTP/2 200");
      assertThat(origin.failures().all()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void carriesMuchContentBothWays(String provider) throws Exception {
    int length = 20_000_000;
    Path upload = folder.resolve("upload");
    Path download = folder.resolve("download");
    Files.write(upload, TestContent.of(length));
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), "")) {
      for (String version : List.of("--http1.1", "--http2")) {
        curl(rig, "/bytes/" + length, version, "-o", download.toString()).orFail();
        assertThat(Files.mismatch(upload, download)).isEqualTo(-1);
        assertThat(curl(rig, "/count", version, "-T", upload.toString()).orFail().out())
            .contains(Integer.toString(length));
      }
      assertThat(curl(rig, "/close/100000", "--http1.1", "-o", download.toString()).exit())
          .isZero();
      assertThat(Files.size(download)).isEqualTo(100_000);
      assertThat(origin.failures().all()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void everyRequestOfALoadIsAnswered(String provider) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), "")) {
      String url = "https://127.0.0.1:" + rig.port() + "/bytes/1000";
      Tool.Result h2 = Tool.run("h2load", "-n", "2000", "-c", "10", "-m", "10", url);
      assertThat(h2.orFail().out()).contains("2000 succeeded, 0 failed").contains("2000 2xx");
      Tool.Result h1 = Tool.run("h2load", "--h1", "-n", "1000", "-c", "10", url);
      assertThat(h1.orFail().out()).contains("1000 succeeded, 0 failed").contains("1000 2xx");
      assertThat(origin.failures().all()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void choosesTheCertificateByNameAndKind(String provider) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), "")) {
      assertThat(curl("other.example", rig, "/").exit()).isZero();
      assertThat(curl("x.wild.example", rig, "/").exit()).isZero();
      assertThat(curl("nobody.example", rig, "/").exit()).isNotZero();
      assertThat(certificateFor(rig, "-sigalgs", "RSA-PSS+SHA256")).contains("rsaEncryption");
      assertThat(certificateFor(rig, "-sigalgs", "ECDSA+SHA256")).contains("id-ecPublicKey");
      assertThat(certificateFor(rig, "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"))
          .contains("rsaEncryption");
    }
  }

  /// {@return the certificate that openssl is shown, as text}
  private String certificateFor(GatewayRig rig, String... options) {
    String command =
        "openssl s_client -connect 127.0.0.1:%d -servername %s %s </dev/null 2>/dev/null"
            .formatted(rig.port(), TestCertificates.NAME, String.join(" ", options));
    return Tool.run("sh", "-c", command + " | openssl x509 -noout -text").orFail().out();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void sessionsGoOn(String provider) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), "")) {
      for (String version : List.of("-tls1_2", "-tls1_3")) {
        String session = file("session" + version);
        String request = "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'";
        String client =
            "openssl s_client -connect 127.0.0.1:%d %s -ign_eof".formatted(rig.port(), version);
        assertThat(shell(request + " | " + client + " -sess_out " + session))
            .contains("New, TLS", "HTTP/1.1 200");
        assertThat(shell(request + " | " + client + " -sess_in " + session))
            .contains("Reused, TLS", "HTTP/1.1 200");
      }
    }
  }

  private static String shell(String command) {
    return Tool.run("sh", "-c", command + " 2>&1").out();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void asksClientsForCertificates(String provider) throws Exception {
    String required = ", client_auth: { mode: required, ca: \"" + file("ca.pem") + "\" }";
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), required)) {
      for (String version : List.of("1.2", "1.3")) {
        String[] shown = {
          "--tls-max", version, "--cert", file("client.pem"), "--key", file("client.key")
        };
        String[] strange = {
          "--tls-max", version, "--cert", file("stranger.pem"), "--key", file("stranger.key")
        };
        assertThat(curl(rig, "/", shown).orFail().out()).isEqualTo("/");
        assertThat(curl(rig, "/", "--tls-max", version).exit()).isNotZero();
        assertThat(curl(rig, "/", strange).exit()).isNotZero();
      }
      assertThat(origin.requests()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void theAccessLogSaysWhatWasAgreedOnAndWhoAsked(String provider) throws Exception {
    Path log = folder.resolve("access.log");
    String format = "%r %{tls_version}x %{tls_cipher}x %{tls_name}x %{tls_client}x";
    String more =
        ", client_auth: { mode: optional, ca: \"%s\" } }\n".formatted(file("ca.pem"))
            + "access_log: { path: \"%s\", format: '%s' }\n".formatted(log, format)
            + "#";
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), more)) {
      String[] shown = {"--http1.1", "--cert", file("client.pem"), "--key", file("client.key")};
      curl(rig, "/known", shown).orFail();
      curl(rig, "/unknown", "--http1.1", "--tls-max", "1.2").orFail();
      Eventually.holds("two lines", () -> lines(log).size() == 2);
      List<String> lines = lines(log);
      assertThat(lines.get(0))
          .matches("GET /known HTTP/1.1 TLSv1.3 TLS_AES_\\w+ origin.example CN=.*");
      assertThat(lines.get(1))
          .matches("GET /unknown HTTP/1.1 TLSv1.2 TLS_ECDHE_\\w+ origin.example -");
    }
  }

  private static List<String> lines(Path log) {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void handshakesThatFailAreToldOfWithTheirReason(String provider) throws Exception {
    String required = ", client_auth: { mode: required, ca: \"" + file("ca.pem") + "\" }";
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), required);
        LogLines lines = LogLines.from(Level.INFO)) {
      assertThat(curl(rig, "/").exit()).isNotZero();
      String told = "INFO a TLS handshake failed: Downstream ";
      Eventually.holds("told", () -> !lines.of(told).isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void speaksTlsToUpstreams(String provider) throws Exception {
    String required = ", client_auth: { mode: required, ca: \"" + file("ca.pem") + "\" }";
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig back = secure(provider, origin.port(), required);
        GatewayRig front = GatewayRig.with(upstreams(provider, back.port()))) {
      Tool.Result good = Tool.run("curl", "-sSi", front.url("/good"));
      assertThat(good.out()).startsWith("HTTP/1.1 200");
      assertThat(Tool.run("curl", "-sSi", front.url("/wrong")).out()).startsWith("HTTP/1.1 502");
      assertThat(Tool.run("curl", "-sSi", front.url("/unknown")).out()).startsWith("HTTP/1.1 502");
      assertThat(Tool.run("curl", "-sSi", front.url("/alternative")).out())
          .startsWith("HTTP/1.1 200");
      assertThat(Tool.run("curl", "-sSi", front.url("/unchecked")).out())
          .startsWith("HTTP/1.1 200");
      assertThat(origin.requests()).isEqualTo(3);
    }
  }

  private String upstreams(String provider, int port) {
    String ca = ", ca: \"" + file("ca.pem") + "\"";
    return """
    upstreams:
      good: %s
      wrong: %s
      unknown: %s
      alternative: %s
      unchecked: %s
    routes:
      - { match: { path: /good }, upstream: good }
      - { match: { path: /wrong }, upstream: wrong }
      - { match: { path: /unknown }, upstream: unknown }
      - { match: { path: /alternative }, upstream: alternative }
      - { match: { path: /unchecked }, upstream: unchecked }
    """
        .formatted(
            upstream(provider, port, "sni: origin.example" + ca),
            upstream(provider, port, "sni: nobody.example" + ca),
            upstream(provider, port, "sni: origin.example"),
            upstream(provider, port, "sni: nobody.example, alternative_cn: origin.example" + ca),
            upstream(provider, port, "sni: nobody.example, verify: false"));
  }

  private String upstream(String provider, int port, String tls) {
    String certificate =
        "client_cert: \"%s\", client_key: \"%s\"".formatted(file("client.pem"), file("client.key"));
    return "{ servers: [\"127.0.0.1:%d\"], tls: { provider: %s, %s, %s } }"
        .formatted(port, provider, certificate, tls);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aHandshakeThatIsTooSlowEnds(String provider) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), ", handshake_timeout: 200ms");
        Wire silent = ScriptedClient.tcp(rig.port());
        Wire begun = ScriptedClient.tcp(rig.port())) {
      begun.send(new byte[] {0x16, 3, 1, 1, 0, 1});
      assertThat(silent.readToEnd()).isEmpty();
      begun.readToEnd(); // an alert at most
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void answersNonsenseWithAnAlertAtMost(String provider) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), "")) {
      for (byte[] nonsense :
          List.of(
              "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1),
              new byte[] {0x16, 3, 1, 0, 4, 1, 0, 0, 0},
              new byte[] {0x16, 3, 1, 0, 0},
              new byte[] {0x16, 3, 1, (byte) 0xff, (byte) 0xff},
              new byte[] {0x17, 3, 3, 0, 1, 0},
              new byte[100_000])) {
        try (Wire client = ScriptedClient.tcp(rig.port())) {
          client.send(nonsense);
          client.halfClose();
          byte[] answer = client.readToEnd();
          assertThat(answer.length).isLessThanOrEqualTo(14);
        }
      }
      assertThat(curl(rig, "/still").orFail().out()).isEqualTo("/still");
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void handshakesAreLimitedPerSecond(String provider) throws Exception {
    String limit = ", limits: { tls_handshakes_per_second: 2 }";
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = secure(provider, origin.port(), limit)) {
      assertThat(curl(rig, "/first").orFail().out()).isEqualTo("/first");
      boolean refused = false;
      for (int i = 0; i < 100 && !refused; i++) {
        try (Wire nonsense = ScriptedClient.tcp(rig.port())) {
          nonsense.send("nonsense").skipToGone();
          refused = nonsense.received().isEmpty(); // an alert, while there are tokens
        }
      }
      assertThat(refused).isTrue();
      Eventually.holds("tokens come back", () -> curl(rig, "/again").out().equals("/again"));
    }
  }

  @Test
  void oneGatewayServesTheSamePageByAllAtOnce() throws Exception {
    List<String> ids = providers();
    StringBuilder listeners = new StringBuilder("threads: 1\nlisteners:\n");
    for (String id : ids) {
      listeners.append(
          "  - { address: \"127.0.0.1:0\", tls: { provider: %s, certificates: [%s] } }\n"
              .formatted(id, pair("good")));
    }
    listeners.append("routes:\n  - respond: { status: 200, body: \"the page\" }\n");
    try (GatewayRig rig = GatewayRig.start(listeners.toString())) {
      for (int i = 0; i < ids.size(); i++) {
        String url = "https://" + TestCertificates.NAME + ":" + rig.port(i) + "/";
        String resolve = TestCertificates.NAME + ":" + rig.port(i) + ":127.0.0.1";
        Tool.Result page =
            Tool.run("curl", "-sS", "--cacert", file("ca.pem"), "--resolve", resolve, url);
        assertThat(page.orFail().out()).as(ids.get(i)).isEqualTo("the page");
      }
    }
  }

  @Test
  void takesNewCertificatesAndKeepsTheOldOverABrokenPair() throws Exception {
    CertificateFiles files =
        CertificateFiles.load(
            List.of(
                new CertificateFiles.Entry(
                    folder.resolve("good.pem"), folder.resolve("good.key"), null, true)));
    CertKey before = files.get().first();
    assertThat(files.reload()).isFalse();
    write("good", TestCertificates.wrongName());
    assertThat(files.reload()).isTrue();
    CertKey after = files.get().first();
    assertThat(after.leaf()).isNotEqualTo(before.leaf());
    Files.writeString(folder.resolve("good.key"), "nonsense");
    assertThat(files.reload()).isFalse();
    assertThat(files.get().first()).isSameAs(after);
    Eventually.holds("no harm is done by looking again", () -> !files.reload());
  }
}
