// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.protocols.Digest;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.core.upstreams.TlsOptions;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.proxy.Metrics;
import dev.pingora.proxy.ProxyHttp;
import dev.pingora.proxy.Session;
import dev.pingora.proxy.UpstreamConnection;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.Wire;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.S2nTls;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the library's user hears of handshakes: towards upstreams by the peer's hook, of those that
/// a listener refuses by [Metrics].
final class TlsHooksTest {
  private static final ServerConf CONF = ServerConf.defaults().toBuilder().threads(1).build();

  /// What the hook keeps.
  private record Tenant(String name) {}

  /// Answers itself.
  private static final class Answering implements ProxyHttp<Void> {
    @Override
    public Void newContext() {
      return null;
    }

    @Override
    public HttpPeer upstreamPeer(Session session, Void context) {
      throw new AssertionError("answered before");
    }

    @Override
    public void requestFilter(Session session, Void context) throws Exception {
      session.respond(200, "text/plain", "origin\n");
    }
  }

  /// Writes down what each phase finds kept.
  private static final class Looking implements UpstreamConnection<Void> {
    final List<String> found = new CopyOnWriteArrayList<>();
    final HttpPeer peer;

    Looking(HttpPeer peer) {
      this.peer = peer;
    }

    private void look(String phase, @Nullable Digest digest) {
      SslDigest ssl = digest == null ? null : digest.ssl();
      Tenant tenant = ssl == null ? null : ssl.extension(Tenant.class);
      found.add(phase + " " + (tenant == null ? "nobody" : tenant.name()));
    }

    @Override
    public Void newContext() {
      return null;
    }

    @Override
    public HttpPeer upstreamPeer(Session session, Void context) {
      return peer;
    }

    @Override
    public void connectedToUpstream(
        Session session, boolean reused, HttpPeer to, Digest digest, Void context) {
      look(reused ? "reused" : "new", digest);
    }

    @Override
    public void responseFilter(Session session, ResponseHeader response, Void context) {
      look("response", session.upstreamConnection());
    }

    @Override
    public void logging(Session session, @Nullable ProxyException error, Void context) {
      look(
          error == null ? "logging" : error.kind() + " " + error.source(),
          session.upstreamConnection());
    }
  }

  /// A server with one service on one listener.
  private record Rig(Server server, ListeningService service) implements AutoCloseable {
    static Rig start(ProxyHttp<?> proxy, @Nullable TlsSettings tls, @Nullable Metrics metrics)
        throws ProxyException {
      Server server = Server.create(CONF);
      ListeningService service = HttpProxyService.of(CONF, proxy, "test", metrics);
      if (tls == null) {
        service.addTcp("127.0.0.1:0");
      } else {
        service.addTlsWithSettings("127.0.0.1:0", tls.withProvider("jsse"));
      }
      server.addService(service);
      server.start();
      return new Rig(server, service);
    }

    int port() {
      return ((InetSocketAddress) service.addresses().getFirst()).getPort();
    }

    @Override
    public void close() {
      server.shutdown(Shutdown.FAST);
      server.awaitEnd();
    }
  }

  private static HttpPeer peer(Rig origin, PeerOptions.Builder options) {
    return peer(origin, options, TlsOptions.DEFAULT.withProvider("jsse"));
  }

  private static HttpPeer peer(Rig origin, PeerOptions.Builder options, TlsOptions tls) {
    return HttpPeer.https("127.0.0.1:" + origin.port(), TestCertificates.NAME)
        .withOptions(options.tls(tls.withRoots(TestCertificates.roots())).build());
  }

  private static int get(Rig rig) {
    try (Wire client = ScriptedClient.tcp(rig.port())) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      return client.readResponse().status();
    }
  }

  @Test
  void whatTheHookKeepsIsSeenInAllPhasesAndWhenTheConnectionIsReused() throws Exception {
    AtomicInteger handshakes = new AtomicInteger();
    PeerOptions.Builder options =
        PeerOptions.builder()
            .upstreamTlsHandshakeComplete((digest, _) ->
                new Tenant(digest.peerNames().getFirst() + " " + handshakes.incrementAndGet()));
    TlsSettings tls = TlsSettings.of(TestCertificates.server());
    try (Rig origin = Rig.start(new Answering(), tls, null)) {
      Looking looking = new Looking(peer(origin, options));
      try (Rig front = Rig.start(looking, null, null)) {
        assertThat(get(front)).isEqualTo(200);
        assertThat(get(front)).isEqualTo(200);
      }
      String tenant = " DNS:" + TestCertificates.NAME + " 1";
      assertThat(looking.found)
          .containsExactly(
              "new" + tenant,
              "response" + tenant,
              "logging" + tenant,
              "reused" + tenant,
              "response" + tenant,
              "logging" + tenant);
    }
  }

  @Test
  void aHookMayRefuseTheConnection() throws Exception {
    TlsSettings tls = TlsSettings.of(TestCertificates.server());
    PeerOptions.Builder refusing =
        PeerOptions.builder()
            .upstreamTlsHandshakeComplete((_, _) -> {
              throw ProxyException.upstream(ErrorKind.INVALID_CERT, "not this one");
            });
    PeerOptions.Builder failing =
        PeerOptions.builder()
            .upstreamTlsHandshakeComplete((_, _) -> {
              throw new IllegalStateException("a mistake");
            });
    try (Rig origin = Rig.start(new Answering(), tls, null)) {
      Looking refused = new Looking(peer(origin, refusing));
      try (Rig front = Rig.start(refused, null, null)) {
        assertThat(get(front)).isEqualTo(502);
      }
      assertThat(refused.found).containsExactly(ErrorKind.INVALID_CERT + " Upstream nobody");
      Looking failed = new Looking(peer(origin, failing));
      try (Rig front = Rig.start(failed, null, null)) {
        assertThat(get(front)).isEqualTo(502);
      }
      assertThat(failed.found).containsExactly(ErrorKind.INTERNAL_ERROR + " Upstream nobody");
    }
  }

  @Test
  void refusedHandshakesAreCountedInMetrics() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    Metrics metrics =
        new Metrics() {
          @Override
          public void handshakeRefused(SocketAddress client) {
            refused.incrementAndGet();
          }
        };
    TlsSettings tls = TlsSettings.of(TestCertificates.server()).withHandshakesPerSecond(1);
    try (Rig rig = Rig.start(new Answering(), tls, metrics)) {
      int silent = 0;
      for (int i = 0; i < 20; i++) {
        try (Wire client = ScriptedClient.tcp(rig.port())) {
          client.send("nonsense").skipToGone();
          silent += client.received().isEmpty() ? 1 : 0;
        }
      }
      assertThat(silent).isPositive().isEqualTo(refused.get()).isLessThan(20);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.gateway.TlsEndToEndTest#providers")
  void whatOnlyS2nHasIsRefusedByOthers(String provider) throws Exception {
    TlsSettings tls = TlsSettings.of(TestCertificates.server());
    TlsOptions asked = TlsOptions.DEFAULT.withProvider(provider);
    boolean s2n = provider.equals("s2n");
    try (Rig origin = Rig.start(new Answering(), tls, null)) {
      TlsOptions known = asked.withS2n(S2nTls.NOTHING.withSecurityPolicy("default_tls13"));
      Looking looking = new Looking(peer(origin, PeerOptions.builder(), known));
      try (Rig front = Rig.start(looking, null, null)) {
        assertThat(get(front)).isEqualTo(s2n ? 200 : 502);
      }
      TlsOptions unknown = asked.withS2n(S2nTls.NOTHING.withSecurityPolicy("nonsense"));
      Looking refused = new Looking(peer(origin, PeerOptions.builder(), unknown));
      try (Rig front = Rig.start(refused, null, null)) {
        assertThat(get(front)).isEqualTo(502);
      }
      assertThat(refused.found).containsExactly(ErrorKind.INTERNAL_ERROR + " Upstream nobody");
    }
  }

  @Test
  void aPolicyThatNobodyKnowsIsToldByTheCheck() throws Exception {
    String file =
        """
        listeners: [{ address: "127.0.0.1:0" }]
        upstreams:
          app: { servers: ["127.0.0.1:1"], tls: { provider: s2n, s2n_security_policy: nonsense } }
        routes: [{ upstream: app }]
        """;
    assertThatThrownBy(() -> GatewayConf.parse(file, "test.yaml", Map.of()))
        .hasMessageContaining("test.yaml:3: upstreams.app.tls.s2n_security_policy: ");
  }
}
