// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.HttpServerService;
import dev.pingora.core.services.ListeningService;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.SelfSigned;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The JDK's client, over other libraries, is answered by our server.
final class TlsClientTest {
  private static TrustManager[] trust(CertKey key) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("only", key.leaf());
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory.getTrustManagers();
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "jsse"})
  void asksAServerOfOurs(String provider) throws Exception {
    CertKey key = SelfSigned.of(List.of("localhost"), Duration.ofHours(1));
    Server server = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    try (HttpClient client = TlsClient.over(provider, trust(key))) {
      ListeningService service =
          server.addService(
              HttpServerService.of(
                  "hello", (_, response) -> response.respond(200, "text/plain", "hello")));
      service.addTlsWithSettings("127.0.0.1:0", TlsSettings.of(key).enableH2());
      server.start();
      int port = ((InetSocketAddress) service.addresses().getFirst()).getPort();
      URI uri = URI.create("https://localhost:" + port + "/");
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.body()).isEqualTo("hello");
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    } finally {
      server.shutdown(Shutdown.FAST);
      server.awaitEnd();
    }
  }
}
