// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.SelfSigned;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The JDK's HTTP client and server, each over each provider.
final class EngineHttpTest {
  private static final int LARGE = 8 << 20;

  private static final CertKey SERVER = SelfSigned.of(List.of("localhost"), Duration.ofHours(1));

  private static final CertKey CLIENT = TestCertificates.client();

  @ParameterizedTest(name = "client of {0}, server of {1}")
  @MethodSource("dev.pingora.conformance.EngineContexts#pairs")
  void echoesLargeContent(EngineContexts.Maker client, EngineContexts.Maker server)
      throws Exception {
    byte[] content = new byte[LARGE];
    new Random(4).nextBytes(content);
    HttpResponse<byte[]> response = post(client, server, content, false);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(content);
    assertThat(response.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
  }

  @ParameterizedTest(name = "client of {0}, server of {1}")
  @MethodSource("dev.pingora.conformance.EngineContexts#pairs")
  void showsTheClientsCertificate(EngineContexts.Maker client, EngineContexts.Maker server)
      throws Exception {
    HttpResponse<byte[]> response = post(client, server, new byte[10], true);
    assertThat(response.headers().firstValue("Peer").orElse("none"))
        .isEqualTo(CLIENT.leaf().getSubjectX500Principal().getName());
  }

  private static HttpResponse<byte[]> post(
      EngineContexts.Maker client, EngineContexts.Maker server, byte[] content, boolean auth)
      throws Exception {
    SSLContext asking = client.make(EngineContexts.keys(CLIENT), trust(SERVER));
    SSLContext serving = server.make(EngineContexts.keys(SERVER), EngineContexts.trust());
    HttpsServer http =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setHttpsConfigurator(new Asking(serving, auth));
    http.createContext("/", EngineHttpTest::echo);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient own = HttpClient.newBuilder().sslContext(asking).build()) {
      http.setExecutor(threads);
      http.start();
      try {
        URI uri = URI.create("https://localhost:" + http.getAddress().getPort() + "/");
        return own.send(
            HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofByteArray(content))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
      } finally {
        http.stop(0);
      }
    }
  }

  /// Asks for client certificates.
  private static final class Asking extends HttpsConfigurator {
    private final boolean auth;

    Asking(SSLContext context, boolean auth) {
      super(context);
      this.auth = auth;
    }

    @Override
    public void configure(HttpsParameters parameters) {
      SSLParameters own = getSSLContext().getDefaultSSLParameters();
      own.setNeedClientAuth(auth);
      parameters.setSSLParameters(own);
    }
  }

  private static void echo(com.sun.net.httpserver.HttpExchange exchange)
      throws java.io.IOException {
    try (exchange) {
      byte[] content = exchange.getRequestBody().readAllBytes();
      if (exchange instanceof HttpsExchange secure) {
        exchange.getResponseHeaders().add("Peer", peer(secure));
      }
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    }
  }

  private static String peer(HttpsExchange exchange) {
    try {
      return exchange.getSSLSession().getPeerPrincipal().getName();
    } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
      return "none";
    }
  }

  private static TrustManager[] trust(CertKey key) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("only", key.leaf());
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory.getTrustManagers();
  }
}
