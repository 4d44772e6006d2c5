// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.HttpServerService;
import dev.pingora.core.services.ListeningService;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example of docs/guide/tls.md does what the page says.
final class TlsProxyTest {
  @TempDir private Path folder;

  /// A server behind the proxy: it asks for a certificate and tells what came.
  private static ListeningService backend() {
    ListeningService service =
        HttpServerService.of(
            "backend",
            (request, response) -> {
              SslDigest ssl = request.connection().ssl();
              String client = ssl == null ? "nobody" : String.join(",", ssl.peerNames());
              String fields =
                  request.headers().first("X-Forwarded-Proto")
                      + " "
                      + request.headers().first("X-Client-Fingerprint");
              response.respond(200, "text/plain", "from " + client + " by " + fields);
            });
    service.addTlsWithSettings(
        "127.0.0.1:0",
        TlsSettings.of(TestCertificates.server())
            .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots()));
    return service;
  }

  private void write(String cert, String key, CertKey pair) throws Exception {
    Files.writeString(folder.resolve(cert), TestCertificates.chainPem(pair));
    Files.writeString(folder.resolve(key), TestCertificates.keyPem(pair));
  }

  @Test
  void bothListenersReachTheServersOverMutualTls() throws Exception {
    write("cert.pem", "key.pem", TestCertificates.server());
    write("client.pem", "client.key", TestCertificates.client());
    String root = TestCertificates.pem(List.of(TestCertificates.root()));
    Files.writeString(folder.resolve("ca.pem"), root);
    Server behind = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    Server front = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    try {
      ListeningService backend = behind.addService(backend());
      behind.start();
      int port = ((InetSocketAddress) backend.addresses().getFirst()).getPort();
      ListeningService service = TlsProxy.service(front, folder, "127.0.0.1:" + port);
      front.addService(service);
      front.start();
      int plain = ((InetSocketAddress) service.addresses().getFirst()).getPort();
      int secure = ((InetSocketAddress) service.addresses().getLast()).getPort();
      assertThat(Tool.run("curl", "-sS", "http://127.0.0.1:" + plain + "/").orFail().out())
          .startsWith("from DNS:")
          .endsWith("by http null");
      Tool.Result https =
          Tool.run(
              "curl",
              "-sS",
              "--cacert",
              folder.resolve("ca.pem").toString(),
              "--resolve",
              TestCertificates.NAME + ":" + secure + ":127.0.0.1",
              "https://" + TestCertificates.NAME + ":" + secure + "/");
      assertThat(https.orFail().out()).startsWith("from DNS:").contains("by https t13d");
    } finally {
      front.shutdown(Shutdown.FAST);
      front.awaitEnd();
      behind.shutdown(Shutdown.FAST);
      behind.awaitEnd();
    }
  }
}
