// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.NginxOrigin;
import dev.pingora.testkit.TestContent;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsVersion;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every TLS provider on both sides of an nginx: a client of it asks nginx, which asks a server of
/// it, over TLS on both ways.
final class NginxTlsTest {
  private static final int MIB = 1 << 20;
  private static final byte[] CONTENT = TestContent.of(MIB);
  private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

  @TempDir private Path folder;

  @BeforeEach
  void writeFiles() throws Exception {
    OtherEnd.write(folder);
  }

  /// nginx' other listener, with TLS, and what it asks over TLS: `mutual` with its certificate,
  /// `plain` without, `stranger` under a name that the server does not have.
  private String directives(int front, int mutual, int plain, TlsVersion version) {
    return """
    listen 127.0.0.1:%1$d ssl;
    ssl_certificate %2$s/server.pem;
    ssl_certificate_key %2$s/server.key;
    ssl_client_certificate %2$s/root.pem;
    ssl_verify_client on;
    ssl_protocols %3$s;
    ssl_session_cache shared:s:1m;
    add_header Seen "$ssl_protocol $ssl_server_name $ssl_client_verify $ssl_session_reused" always;
    proxy_ssl_protocols %3$s;
    proxy_ssl_verify on;
    proxy_ssl_trusted_certificate %2$s/root.pem;
    proxy_ssl_server_name on;
    proxy_ssl_name %4$s;
    proxy_read_timeout 15s;
    location /plain { proxy_pass https://127.0.0.1:%6$d; }
    location /mutual {
      proxy_pass https://127.0.0.1:%5$d;
      proxy_ssl_certificate %2$s/client.pem;
      proxy_ssl_certificate_key %2$s/client.key;
    }
    """
        .formatted(front, folder, version, TestCertificates.NAME, mutual, plain);
  }

  /// Sends back what a request brought.
  private static OtherEnd.Talk echo(List<TlsDigest> seen) {
    return end -> {
      seen.add(end.session().digest());
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      int length = -1;
      while (length < 0 || request.size() < length) {
        byte[] some = end.read();
        assertThat(some).as("a whole request").isNotEmpty();
        request.writeBytes(some);
        length = length < 0 ? headLength(request.toByteArray(), CONTENT.length) : length;
      }
      String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + MIB;
      end.write((head + "\r\n\r\n").getBytes(ISO_8859_1));
      end.write(Arrays.copyOfRange(request.toByteArray(), length - MIB, length));
      end.finish();
    };
  }

  /// {@return octets up to the content and with it; -1 when the head is not whole}
  private static int headLength(byte[] octets, int content) {
    for (int i = 0; i + HEAD_END.length <= octets.length; i++) {
      if (Arrays.equals(octets, i, i + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
        return i + HEAD_END.length + content;
      }
    }
    return -1;
  }

  private static String ask(TlsContext context, int port, String path, List<TlsDigest> seen)
      throws Exception {
    ServerId id = new ServerId(TestCertificates.NAME, "127.0.0.1:" + port);
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    try (TlsSocket end = new TlsSocket(context.session(id), socket)) {
      end.handshake();
      String head = "POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
      end.write((head + "Content-Length: " + MIB + "\r\n\r\n").getBytes(ISO_8859_1));
      end.write(CONTENT);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      byte[] some = end.read();
      while (some.length > 0) {
        answer.writeBytes(some);
        some = end.read();
      }
      seen.add(end.session().digest());
      byte[] all = answer.toByteArray();
      String text = new String(all, 0, Math.max(0, headLength(all, 0)), ISO_8859_1);
      assertThat(text).startsWith("HTTP/1.1 200");
      assertThat(Arrays.copyOfRange(all, text.length(), all.length)).isEqualTo(CONTENT);
      return text.lines().filter(line -> line.startsWith("Seen: ")).findFirst().orElse("");
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("dev.pingora.conformance.OtherEnd#providers")
  void isAskedAndAsks(TlsProvider provider, TlsVersion version) throws Exception {
    ServerTls server = OtherEnd.server(version);
    TlsContext mutual =
        provider.server(server.withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots()));
    TlsContext plain = provider.server(server);
    TlsContext client =
        provider.client(
            OtherEnd.client(version)
                .withAlpn(List.of("own", "http/1.1"))
                .withCertificate(TestCertificates.client()));
    List<TlsDigest> backs = new CopyOnWriteArrayList<>();
    List<TlsDigest> fronts = new CopyOnWriteArrayList<>();
    int front = OtherEnd.freePort();
    OtherEnd.Peer<List<String>> three =
        port -> {
          return List.of(
              ask(client, port, "/mutual", fronts),
              ask(client, port, "/plain", fronts),
              ask(client, port, "/plain", fronts));
        };
    List<String> told =
        OtherEnd.serving(
            mutual,
            1,
            echo(backs),
            first ->
                OtherEnd.serving(
                    plain,
                    2,
                    echo(backs),
                    second -> {
                      try (NginxOrigin nginx =
                          NginxOrigin.start(directives(front, first, second, version))) {
                        assertThat(nginx.port()).isPositive();
                        return three.at(front);
                      }
                    }));

    String known = "Seen: " + version + " " + TestCertificates.NAME + " SUCCESS ";
    assertThat(told).containsExactly(known + ".", known + "r", known + "r");
    assertThat(fronts).extracting(TlsDigest::alpn).containsOnly("http/1.1");
    assertThat(fronts).extracting(TlsDigest::resumed).containsExactly(false, true, true);
    assertThat(backs).extracting(TlsDigest::version).containsOnly(version);
    assertThat(backs).extracting(TlsDigest::serverName).containsOnly(TestCertificates.NAME);
    assertThat(backs).extracting(TlsDigest::resumed).containsExactly(false, false, true);
    assertThat(backs.getFirst().peerChain().getFirst())
        .isEqualTo(TestCertificates.client(KeyType.RSA).leaf().getEncoded());
  }
}
