// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.RemoteKeys;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Other people's programs at the other end: OpenSSL and curl.
@ParameterizedClass
@EnumSource(Libraries.class)
class PeersTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final byte[] CONTENT = "x".repeat(100_000).getBytes(US_ASCII);

  /// For peers that are refused.
  private static final Talk NOTHING = _ -> {};

  @Parameter private Libraries library = Libraries.SYSTEM;

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

  /// Serves one connection beside `work`, which gets the port.
  private static <T> T serving(TlsContext context, Talk talk, Peer<T> work) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, LOOPBACK);
        ExecutorService beside = Executors.newVirtualThreadPerTaskExecutor()) {
      listener.setSoTimeout(20_000); // the peer may not like what it was told to do
      Callable<Boolean> serve =
          () -> {
            Socket socket = listener.accept();
            try (SocketEnd end = new SocketEnd(context.session(ServerId.NONE), socket)) {
              end.handshake();
              talk.with(end);
              return true;
            } catch (TlsException e) {
              assertThat(e.alert()).isEqualTo(120); // the one that a test asks for
              return false;
            }
          };
      Future<Boolean> served = beside.submit(serve);
      T result = work.at(listener.getLocalPort());
      assertThat(served.get()).isEqualTo(!talk.equals(NOTHING));
      return result;
    }
  }

  private interface Talk {
    void with(SocketEnd end) throws Exception;
  }

  private interface Peer<T> {
    T at(int port) throws Exception;
  }

  private static Talk reply(List<TlsDigest> seen) {
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
  @EnumSource(TlsVersion.class)
  void servesOpenSsl(TlsVersion version) throws Exception {
    CertKey client = TestCertificates.client();
    Path certificate = write("client.pem", TestCertificates.chainPem(client));
    Path key = write("client.key", TestCertificates.keyPem(client));
    ServerTls config =
        Ends.server(version)
            .withAlpn(List.of("h2", "http/1.1"), false)
            .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots());
    List<TlsDigest> seen = new CopyOnWriteArrayList<>();
    Tool.Result result =
        serving(
            library.server(config),
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

  /// The client says how the key, which is kept elsewhere, has to sign; and the chain's keys, which
  /// are EC P-256.
  @ParameterizedTest
  @CsvSource({
    "EC_P256,-tls1_3,ECDSA+SHA256",
    "EC_P256,-tls1_2,ECDSA+SHA384:ECDSA+SHA256",
    "EC_P384,-tls1_3,ECDSA+SHA384:ECDSA+SHA256",
    "RSA,-tls1_3,rsa_pss_rsae_sha512:ECDSA+SHA256",
    "RSA,-tls1_2,rsa_pss_rsae_sha256:ECDSA+SHA256",
    "RSA,-tls1_2,RSA+SHA256:ECDSA+SHA256",
    "RSA,-tls1_2,RSA+SHA384:ECDSA+SHA256",
    "RSA,-tls1_2,RSA+SHA512:ECDSA+SHA256",
  })
  void servesOpenSslByADevice(KeyType type, String version, String scheme) throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      CertKey own = device.keep(TestCertificates.server(type));
      int before = device.signatures();
      Tool.Result result =
          serving(
              library.server(ServerTls.of(own)),
              reply(new CopyOnWriteArrayList<>()),
              port ->
                  Tool.run(
                      Duration.ofSeconds(20),
                      "GET / HTTP/1.1\r\n\r\n",
                      "openssl",
                      "s_client",
                      "-connect",
                      "127.0.0.1:" + port,
                      "-verify_hostname",
                      TestCertificates.NAME,
                      "-verify_return_error",
                      "-CAfile",
                      root.toString(),
                      "-sigalgs",
                      scheme,
                      "-ign_eof",
                      version));
      assertThat(result.out())
          .contains("Verify return code: 0 (ok)", new String(CONTENT, US_ASCII));
      assertThat(device.signatures()).isEqualTo(before + 1);
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void servesCurl(TlsVersion version) throws Exception {
    Tool.Result result =
        serving(
            library.server(Ends.server(version).withAlpn(List.of("http/1.1"), true)),
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
  @EnumSource(TlsVersion.class)
  void talksToOpenSsl(TlsVersion version) throws Exception {
    CertKey server = TestCertificates.server();
    Path certificate = write("server.pem", TestCertificates.chainPem(server));
    Path key = write("server.key", TestCertificates.keyPem(server));
    int port = freePort();
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
          library.client(
              ClientTls.standard()
                  .withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots())
                  .withAlpn(List.of("http/1.1", "h2"))
                  .withCertificate(TestCertificates.client()));
      for (int i = 0; i < 3; i++) {
        ServerId id = new ServerId(TestCertificates.NAME, "127.0.0.1:" + port);
        try (SocketEnd end = new SocketEnd(client.session(id), connected(port, running))) {
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private static Socket connected(int port, Tool.Running running) throws Exception {
    long patience = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (true) {
      try {
        return new Socket(LOOPBACK, port);
      } catch (IOException e) {
        if (System.nanoTime() > patience || !running.isAlive()) {
          throw new AssertionError("no server: " + running.output(), e);
        }
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void openSslKnowsOurAlerts() throws Exception {
    TlsContext context =
        library.server(Ends.server(TlsVersion.TLS_1_3).withAlpn(List.of("h2"), true));
    Tool.Result result =
        serving(
            context,
            NOTHING,
            port ->
                Tool.run("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-alpn", "other"));
    assertThat(result.err() + result.out()).contains("no application protocol");
  }
}
