// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.core.tls.CertificateFiles;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TestOcsp;
import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProviders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Certificates that change under load, and what is stapled to them, by every library that is here.
final class CertificateChangesTest {
  private static final int CHANGES = 20;
  private static final int CLIENTS = 3;
  private static final List<KeyType> KEYS = List.of(KeyType.EC_P256, KeyType.RSA, KeyType.EC_P384);

  @TempDir private Path folder;

  static List<String> providers() {
    return TlsEndToEndTest.providers();
  }

  private static boolean staples(String provider) throws TlsException {
    return TlsProviders.installed().find(provider).availability()
            instanceof Availability.Available available
        && available.capabilities().contains(Capability.OCSP_STAPLE);
  }

  private void write(CertKey key) throws IOException {
    Files.writeString(folder.resolve("cert.pem"), TestCertificates.chainPem(key));
    Files.writeString(folder.resolve("key.pem"), TestCertificates.keyPem(key));
  }

  /// A context that remembers no session of another connection.
  private static SSLContext context() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null);
    trusted.setCertificateEntry("root", TestCertificates.root());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /// {@return the session after a handshake and an octet there and back}
  private static ExtendedSSLSession connect(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket client =
            (SSLSocket)
                context()
                    .getSocketFactory()
                    .createSocket(socket, TestCertificates.NAME, port, false)) {
      client.setSoTimeout((int) Gate.PATIENCE.toMillis());
      client.getOutputStream().write('x');
      if (client.getInputStream().read() != 'x') {
        throw new SSLException("no echo");
      }
      return (ExtendedSSLSession) client.getSession();
    }
  }

  private static X509Certificate shown(int port) throws Exception {
    return (X509Certificate) connect(port).getPeerCertificates()[0];
  }

  /// A server that echoes.
  private record Echo(Server server, int port) implements AutoCloseable {
    static Echo start(String provider, CertificateFiles files) throws Exception {
      Server server = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
      ListeningService service =
          ListeningService.tcp(
                  "echo",
                  (stream, _) -> {
                    ByteBuffer buffer = ByteBuffer.allocate(100);
                    while (stream.read(buffer) >= 0) {
                      stream.write(buffer.flip());
                      buffer.clear();
                    }
                  })
              .addTlsWithSettings("127.0.0.1:0", TlsSettings.of(files).withProvider(provider));
      server.addService(service);
      server.start();
      return new Echo(server, ((InetSocketAddress) service.addresses().getFirst()).getPort());
    }

    @Override
    public void close() {
      server.shutdown(Shutdown.FAST);
      server.awaitEnd();
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void noHandshakeFailsWhileCertificatesChange(String provider) throws Exception {
    write(TestCertificates.server(KEYS.getLast()));
    CertificateFiles files =
        CertificateFiles.load(
            List.of(
                new CertificateFiles.Entry(
                    folder.resolve("cert.pem"), folder.resolve("key.pem"), null, true)));
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger handshakes = new AtomicInteger();
    List<Exception> failures = new CopyOnWriteArrayList<>();
    try (Echo echo = Echo.start(provider, files)) {
      Runnable load =
          () -> {
            while (!over.get()) {
              try {
                connect(echo.port());
                handshakes.incrementAndGet();
              } catch (Exception e) {
                failures.add(e);
                return;
              }
            }
          };
      List<Thread> clients =
          java.util.stream.IntStream.range(0, CLIENTS)
              .mapToObj(_ -> Thread.ofPlatform().start(load))
              .toList();
      for (int i = 0; i < CHANGES; i++) {
        change(echo, files, i);
      }
      over.set(true);
      for (Thread client : clients) {
        client.join();
      }
    }
    assertThat(failures).isEmpty();
    assertThat(handshakes.get()).isGreaterThan(CHANGES);
  }

  /// Every fourth change is a pair that is broken, or whose other half is still to come.
  private void change(Echo echo, CertificateFiles files, int number) throws Exception {
    X509Certificate before = files.get().first().leaf();
    CertKey next = TestCertificates.server(KEYS.get(number % KEYS.size()));
    if (number % 4 == 3) {
      Files.writeString(folder.resolve("cert.pem"), number % 8 == 3 ? "broken" : "");
      assertThat(files.reload()).isFalse();
      assertThat(shown(echo.port())).isEqualTo(before);
    }
    Files.writeString(folder.resolve("cert.pem"), TestCertificates.chainPem(next));
    assertThat(files.reload()).as("half a pair").isFalse();
    assertThat(shown(echo.port())).isEqualTo(before);
    write(next);
    assertThat(files.reload()).isTrue();
    assertThat(shown(echo.port())).isEqualTo(next.leaf()).isNotEqualTo(before);
  }

  private GatewayRig gateway(String provider) throws Exception {
    return GatewayRig.start(
        """
        threads: 1
        listeners:
          - address: 127.0.0.1:0
            tls: { provider: %s, certificates: [{ cert: "%s", key: "%s", ocsp: "%s" }] }
        routes:
          - respond: { status: 200, body: "x" }
        """
            .formatted(
                provider,
                folder.resolve("cert.pem"),
                folder.resolve("key.pem"),
                folder.resolve("staple.der")));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aStapleReachesClients(String provider) throws Exception {
    CertKey key = TestCertificates.server();
    byte[] staple = TestOcsp.good(key);
    write(key);
    Files.write(folder.resolve("staple.der"), staple);
    Files.writeString(
        folder.resolve("ca.pem"), TestCertificates.pem(List.of(TestCertificates.root())));
    if (!staples(provider)) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> gateway(provider))
          .hasStackTraceContaining("ocsp");
      return;
    }
    try (GatewayRig rig = gateway(provider)) {
      for (String version : List.of("-tls1_2", "-tls1_3")) {
        String command =
            "openssl s_client -connect 127.0.0.1:%d -servername %s -CAfile %s %s -status </dev/null"
                .formatted(rig.port(), TestCertificates.NAME, folder.resolve("ca.pem"), version);
        assertThat(Tool.run("sh", "-c", command + " 2>&1").out())
            .as(version)
            .contains("OCSP Response Status: successful (0x0)", "Cert Status: good");
      }
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rig.port());
          SSLSocket client =
              (SSLSocket)
                  context()
                      .getSocketFactory()
                      .createSocket(socket, TestCertificates.NAME, rig.port(), false)) {
        client.startHandshake();
        ExtendedSSLSession session = (ExtendedSSLSession) client.getSession();
        assertThat(session.getStatusResponses()).containsExactly(staple);
      }
    }
  }
}
