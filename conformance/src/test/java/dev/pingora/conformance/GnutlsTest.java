// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.TestContent;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every TLS provider with GnuTLS at the other end, over sockets.
final class GnutlsTest {
  private static final String PROVIDERS = "dev.pingora.conformance.OtherEnd#providers";
  private static final int MIB = 1 << 20;

  /// gnutls-cli writes each octet by a system call: a second for a MiB.
  private static final int SOME = 40_000;

  /// A line, as gnutls-serv likes; less than a record.
  private static final int LINE = 16_000;

  /// RFC 6066 §3.
  private static final int UNRECOGNIZED_NAME = 112;

  @TempDir private Path folder;

  @BeforeEach
  void writeFiles() throws Exception {
    OtherEnd.write(folder);
    Files.write(folder.resolve("data"), TestContent.of(MIB));
  }

  private static String priority(TlsVersion version) {
    String name = version == TlsVersion.TLS_1_3 ? "TLS1.3" : "TLS1.2";
    return "--priority=NORMAL:-VERS-ALL:+VERS-" + name;
  }

  /// Runs gnutls-cli. Its input stays open until the server has closed: at its end it would not
  /// wait for what is still to come.
  private Tool.Result client(int port, TlsVersion version, int octets, String more) {
    String name = TestCertificates.NAME;
    String command =
        """
        cd '%s' && rm -f fifo && mkfifo fifo && exec 3<>fifo && { head -c %d data >&3 & }
        gnutls-cli --port=%d --logfile=log --x509cafile=root.pem --sni-hostname=%s \\
          --verify-hostname=%s '%s' %s 127.0.0.1 <fifo >out 3<&-
        """
            .formatted(folder, octets, port, name, name, priority(version), more);
    return Tool.run(Duration.ofSeconds(20), "", "sh", "-c", command);
  }

  private String log() throws Exception {
    return Files.readString(folder.resolve("log"));
  }

  private static OtherEnd.Talk echo(int octets, List<TlsDigest> seen) {
    return end -> {
      seen.add(end.session().digest());
      end.write(end.read(octets));
      end.finish();
    };
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource(PROVIDERS)
  void servesItsClient(TlsProvider provider, TlsVersion version) throws Exception {
    TlsContext context =
        provider.server(
            OtherEnd.server(version)
                .withAlpn(List.of("h2", "http/1.1"), true)
                .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots()));
    List<TlsDigest> seen = new CopyOnWriteArrayList<>();
    String more = "--alpn=http/1.1 --x509certfile=client.pem --x509keyfile=client.key";
    Tool.Result result =
        OtherEnd.serving(context, 1, echo(MIB, seen), port -> client(port, version, MIB, more));
    assertThat(result.exit()).as(result + log()).isZero();
    assertThat(Files.readAllBytes(folder.resolve("out"))).isEqualTo(TestContent.of(MIB));
    TlsDigest digest = seen.getFirst();
    assertThat(digest.version()).isEqualTo(version);
    assertThat(digest.serverName()).isEqualTo(TestCertificates.NAME);
    assertThat(digest.alpn()).isEqualTo("http/1.1");
    assertThat(digest.peerChain().getFirst())
        .isEqualTo(TestCertificates.client(KeyType.RSA).leaf().getEncoded());
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource(PROVIDERS)
  void goesOnWithSessionsOfItsClient(TlsProvider provider, TlsVersion version) throws Exception {
    List<TlsDigest> seen = new CopyOnWriteArrayList<>();
    OtherEnd.Talk talk =
        end -> {
          if (seen.isEmpty()) {
            seen.add(end.session().digest());
            assertThat(end.read()).as("it comes again at once").isEmpty();
          } else {
            echo(SOME, seen).with(end);
          }
        };
    TlsContext context = provider.server(OtherEnd.server(version));
    Tool.Result result =
        OtherEnd.serving(
            context, 2, talk, port -> client(port, version, SOME, "--resume --waitresumption"));
    assertThat(result.exit()).as(result + log()).isZero();
    assertThat(Files.readAllBytes(folder.resolve("out"))).isEqualTo(TestContent.of(SOME));
    assertThat(log()).contains("This is a resumed session");
    assertThat(seen).extracting(TlsDigest::resumed).containsExactly(false, true);
  }

  private Tool.Running server(int port, TlsVersion version) {
    return Tool.start(
        "gnutls-serv",
        "--echo",
        "--port=" + port,
        "--x509certfile=" + folder.resolve("server.pem"),
        "--x509keyfile=" + folder.resolve("server.key"),
        "--x509cafile=" + folder.resolve("root.pem"),
        "--require-client-cert",
        "--verify-client-cert",
        "--alpn=h2",
        "--alpn-fatal",
        "--sni-hostname=" + TestCertificates.NAME,
        "--sni-hostname-fatal",
        priority(version));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource(PROVIDERS)
  void talksToItsServer(TlsProvider provider, TlsVersion version) throws Exception {
    String text = Base64.getEncoder().encodeToString(TestContent.of(LINE / 4 * 3));
    byte[] line = (text.substring(1) + "\n").getBytes(US_ASCII);
    TlsContext context =
        provider.client(
            OtherEnd.client(version)
                .withAlpn(List.of("http/1.1", "h2"))
                .withCertificate(TestCertificates.client()));
    int port = OtherEnd.freePort();
    try (Tool.Running running = server(port, version)) {
      ServerId id = new ServerId(TestCertificates.NAME, "127.0.0.1:" + port);
      for (int i = 0; i < 2; i++) {
        try (TlsSocket end =
            new TlsSocket(context.session(id), OtherEnd.connected(port, running))) {
          end.handshake();
          for (int sent = 0; sent < MIB; sent += line.length) {
            end.write(line);
            assertThat(end.read(line.length)).as("at " + sent).isEqualTo(line);
          }
          TlsDigest seen = end.session().digest();
          assertThat(seen.version()).isEqualTo(version);
          assertThat(seen.alpn()).isEqualTo("h2");
          assertThat(seen.resumed()).isEqualTo(i > 0);
          end.finish();
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource(PROVIDERS)
  void hearsThatItsServerIsAnother(TlsProvider provider, TlsVersion version) throws Exception {
    TlsContext context =
        provider.client(
            OtherEnd.client(version).withVerify(Verify.CHAIN, TestCertificates.roots()));
    int port = OtherEnd.freePort();
    try (Tool.Running running = server(port, version);
        TlsSocket end =
            new TlsSocket(
                context.session(new ServerId("nobody.example", "")),
                OtherEnd.connected(port, running))) {
      assertThatThrownBy(end::handshake)
          .isInstanceOfSatisfying(
              TlsException.class, e -> assertThat(e.alert()).isEqualTo(UNRECOGNIZED_NAME));
    }
  }
}
