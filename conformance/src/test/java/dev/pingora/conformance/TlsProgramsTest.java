// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every TLS provider with the programs of others at the other end: OpenSSL and curl.
final class TlsProgramsTest {
  private static final byte[] CONTENT = "x".repeat(100_000).getBytes(US_ASCII);

  @TempDir private Path folder;
  private Path root;

  @BeforeEach
  void writeRoot() throws Exception {
    root = write("root.pem", TestCertificates.pem(List.of(TestCertificates.root())));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String flag(TlsVersion version) {
    return version == TlsVersion.TLS_1_3 ? "-tls1_3" : "-tls1_2";
  }

  private static OtherEnd.Talk reply(List<TlsDigest> seen) {
    return end -> {
      seen.add(end.session().digest());
      String request = "";
      while (!request.contains("\r\n\r\n")) {
        request += new String(end.read(), US_ASCII);
      }
      end.write(
          ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + CONTENT.length + "\r\n\r\n")
              .getBytes(US_ASCII));
      end.write(CONTENT);
      end.finish();
    };
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.conformance.OtherEnd#providers")
  void servesOpenSsl(TlsProvider provider, TlsVersion version) throws Exception {
    CertKey client = TestCertificates.client();
    Path certificate = write("client.pem", TestCertificates.chainPem(client));
    Path key = write("client.key", TestCertificates.keyPem(client));
    ServerTls config =
        OtherEnd.server(version)
            .withAlpn(List.of("h2", "http/1.1"), false)
            .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots());
    List<TlsDigest> seen = new CopyOnWriteArrayList<>();
    Tool.Result result =
        OtherEnd.serving(
            provider.server(config),
            1,
            reply(seen),
            port ->
                Tool.run(
                    Duration.ofSeconds(20),
                    "GET / HTTP/1.1\r\n\r\n",
                    "openssl",
                    "s_client",
                    "-connect",
                    "127.0.0.1:" + port,
                    "-servername",
                    TestCertificates.NAME,
                    "-verify_hostname",
                    TestCertificates.NAME,
                    "-verify_return_error",
                    "-CAfile",
                    root.toString(),
                    "-cert",
                    certificate.toString(),
                    "-cert_chain",
                    certificate.toString(),
                    "-key",
                    key.toString(),
                    "-alpn",
                    "http/1.1",
                    "-ign_eof",
                    flag(version)));

    assertThat(result.out()).contains("Verify return code: 0 (ok)", "ALPN protocol: http/1.1");
    assertThat(result.out()).contains(new String(CONTENT, US_ASCII));
    assertThat(seen.getFirst().serverName()).isEqualTo(TestCertificates.NAME);
    assertThat(seen.getFirst().peerChain().getFirst()).isEqualTo(client.leaf().getEncoded());
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.conformance.OtherEnd#providers")
  void servesCurl(TlsProvider provider, TlsVersion version) throws Exception {
    Tool.Result result =
        OtherEnd.serving(
            provider.server(OtherEnd.server(version).withAlpn(List.of("http/1.1"), true)),
            1,
            reply(new CopyOnWriteArrayList<>()),
            port ->
                Tool.run(
                    "curl",
                    "-sS",
                    "--http1.1",
                    "--cacert",
                    root.toString(),
                    "--resolve",
                    TestCertificates.NAME + ":" + port + ":127.0.0.1",
                    "https://" + TestCertificates.NAME + ":" + port + "/"));

    assertThat(result.orFail().out()).isEqualTo(new String(CONTENT, US_ASCII));
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.conformance.OtherEnd#providers")
  void talksToOpenSsl(TlsProvider provider, TlsVersion version) throws Exception {
    CertKey server = TestCertificates.server();
    Path certificate = write("server.pem", TestCertificates.chainPem(server));
    Path key = write("server.key", TestCertificates.keyPem(server));
    int port = OtherEnd.freePort();
    try (Tool.Running running =
        Tool.start(
            "openssl",
            "s_server",
            "-accept",
            "127.0.0.1:" + port,
            "-cert",
            certificate.toString(),
            "-cert_chain",
            certificate.toString(),
            "-key",
            key.toString(),
            "-CAfile",
            root.toString(),
            "-Verify",
            "2",
            "-verify_return_error",
            "-alpn",
            "h2",
            "-rev",
            flag(version))) {
      TlsContext client =
          provider.client(
              OtherEnd.client(version)
                  .withAlpn(List.of("http/1.1", "h2"))
                  .withCertificate(TestCertificates.client()));
      for (int i = 0; i < 3; i++) {
        ServerId id = new ServerId(TestCertificates.NAME, "127.0.0.1:" + port);
        try (TlsSocket end = new TlsSocket(client.session(id), OtherEnd.connected(port, running))) {
          end.handshake();
          end.write("abc\n".getBytes(US_ASCII));
          assertThat(new String(end.read(4), US_ASCII)).isEqualTo("cba\n");
          TlsDigest seen = end.session().digest();
          assertThat(seen.alpn()).isEqualTo("h2");
          assertThat(seen.version()).isEqualTo(version);
          assertThat(seen.resumed()).isEqualTo(i > 0);
          end.finish();
        }
      }
    }
  }
}
