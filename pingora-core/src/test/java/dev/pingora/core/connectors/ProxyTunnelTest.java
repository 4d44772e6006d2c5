// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.connectors.LoopRig.Flavour;
import dev.pingora.core.protocols.ProxyDigest;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.upstreams.ConnectProxy;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.FakeResolver;
import dev.pingora.testkit.Leaks;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.Wire;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Peers behind an HTTP proxy that is asked by CONNECT.
@SuppressWarnings("StringConcatToTextBlock") // CRLF
class ProxyTunnelTest {
  private static final String OK = "HTTP/1.1 200 Connection established\r\n\r\n";

  private static ScriptedServer.Script tunnel(String connect, String answer) {
    return wire -> {
      wire.expect(connect);
      wire.send(answer);
      serve(wire, 2);
    };
  }

  private static void serve(Wire wire, int requests) {
    for (int i = 0; i < requests; i++) {
      wire.readRequest();
      wire.send(RawHttp.response(200, "hello"));
    }
    wire.skipToGone();
  }

  private static HttpPeer peer(SocketAddress proxy) {
    return peer(proxy, List.of());
  }

  private static HttpPeer peer(SocketAddress proxy, String user) {
    return peer(proxy, List.of(Map.entry("X-User", user)));
  }

  private static HttpPeer peer(SocketAddress proxy, List<Map.Entry<String, String>> headers) {
    return HttpPeer.http("origin.test:8080")
        .withProxy(new ConnectProxy(proxy, "origin.test", 8080, headers));
  }

  @ParameterizedTest
  @EnumSource
  void asksForATunnelAndReusesIt(Flavour flavour) throws Exception {
    String connect =
        "CONNECT origin.test:8080 HTTP/1.1\r\nHost: origin.test:8080\r\n"
            + "Proxy-Authorization: Basic eA==\r\nX-Extra: 1\r\n\r\n";
    try (ScriptedServer proxy = ScriptedServer.builder().next(tunnel(connect, OK)).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      HttpPeer peer =
          peer(proxy.address(), List.of(Map.entry("Proxy-Authorization", "Basic eA==")))
              .withOptions(
                  PeerOptions.builder()
                      .extraProxyHeaders(List.of(Map.entry("X-Extra", "1")))
                      .build());
      assertThat(rig.get(peer)).isEqualTo("200 hello");
      assertThat(rig.get(peer)).as("over the same tunnel").isEqualTo("200 hello");
    }
  }

  @ParameterizedTest
  @EnumSource
  void reachesTheProxyByNameOrByUnixSocket(Flavour flavour, @TempDir Path directory)
      throws Exception {
    FakeResolver names = new FakeResolver().answer("proxy.test", "127.0.0.1");
    ScriptedServer.Script script =
        wire -> {
          wire.readHead();
          wire.send(OK);
          serve(wire, 1);
        };
    try (ScriptedServer tcp = ScriptedServer.each(script);
        ScriptedServer unix = ScriptedServer.builder().next(script).unix(directory.resolve("p"));
        ConnectorRig rig = ConnectorRig.start(flavour, names)) {
      assertThat(rig.get(peer(InetSocketAddress.createUnresolved("proxy.test", tcp.port()))))
          .isEqualTo("200 hello");
      assertThat(rig.get(peer(unix.address()))).isEqualTo("200 hello");
      assertThat(names.lookups().all())
          .as("the origin is the proxy's to find")
          .containsExactly("proxy.test");
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesAny2xxForATunnelWhateverItsFraming(Flavour flavour) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          wire.readHead();
          wire.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
          wire.send("HTTP/1.1 299 Fine\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n");
          serve(wire, 1);
        };
    try (ScriptedServer proxy = ScriptedServer.builder().next(script).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(proxy.address()))).isEqualTo("200 hello");
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsTheProxysAnswerInTheDigest(Flavour flavour) throws Exception {
    String answer = "HTTP/1.1 200 OK\r\nX-Node: 7\r\n\r\n";
    ScriptedServer.Script script =
        wire -> {
          wire.readHead();
          wire.send(answer);
          serve(wire, 1);
        };
    try (ScriptedServer proxy = ScriptedServer.builder().next(script).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      HttpPeer peer =
          peer(proxy.address())
              .withOptions(
                  PeerOptions.builder()
                      .proxyAnswer((request, response) ->
                          request.target() + " " + response.headers().first("X-Node"))
                      .build());
      Optional<ProxyDigest> digest =
          rig.loops.call(thread -> {
            UpstreamSession session = rig.connector.connect(thread, peer);
            ConnectorRig.get(thread, session);
            session.finish();
            return Optional.ofNullable(session.digest().proxy());
          });
      assertThat(digest.orElseThrow().kept()).isEqualTo("origin.test:8080 7");
      assertThat(digest.orElseThrow().response().status()).isEqualTo(200);
    }
  }

  private static ProxyException failure(
      Flavour flavour, Duration total, ScriptedServer.Script script) throws Exception {
    ProxyException[] seen = new ProxyException[1];
    try (ScriptedServer proxy = ScriptedServer.builder().next(script).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      PeerOptions options = PeerOptions.builder().totalConnectionTimeout(total).build();
      HttpPeer peer = peer(proxy.address()).withOptions(options);
      assertThatThrownBy(() -> rig.get(peer))
          .isInstanceOfSatisfying(ProxyException.class, e -> seen[0] = e);
      Eventually.holds("it is closed", () -> rig.loops.group.connectionCount() == 0);
      proxy.awaitScripts();
    }
    assertThat(seen[0].source()).isEqualTo(ErrorSource.UPSTREAM);
    assertThat(seen[0].retry()).isEqualTo(Retry.NEVER);
    return seen[0];
  }

  private static ScriptedServer.Script answer(String head) {
    return wire -> {
      wire.readHead();
      wire.send(head);
      wire.expectGone();
    };
  }

  @ParameterizedTest
  @EnumSource
  void tellsWhyTheProxyRefuses(Flavour flavour) throws Exception {
    ProxyException refused =
        failure(
            flavour,
            Duration.ZERO,
            answer(
                "HTTP/1.1 407 Proxy Authentication Required\r\n"
                    + "Proxy-Status: edge; error=http_request_denied\r\n\r\n"));
    assertThat(refused.kind()).isEqualTo(ErrorKind.CONNECT_PROXY_FAILURE);
    assertThat(refused.rootCause())
        .isInstanceOfSatisfying(
            ConnectProxyError.class, e -> assertThat(e.response().status()).isEqualTo(407));
    assertThat(refused.getMessage())
        .contains("origin.test:8080", "407", "edge; error=http_request_denied");
  }

  @ParameterizedTest
  @EnumSource
  void tellsAProxyThatClosesFromOneThatIsSilent(Flavour flavour) throws Exception {
    ProxyException closed = failure(flavour, Duration.ZERO, Wire::readHead);
    assertThat(closed.kind()).isEqualTo(ErrorKind.CONNECTION_CLOSED);
    ProxyException silent = failure(flavour, Duration.ofMillis(150), answer("HTTP/1.1 2"));
    assertThat(silent.kind()).isEqualTo(ErrorKind.CONNECT_TIMEOUT);
  }

  @ParameterizedTest
  @EnumSource
  void boundsTheProxysAnswer(Flavour flavour) throws Exception {
    String large = "HTTP/1.1 200 OK\r\n" + "X-Pad: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(99);
    assertThat(failure(flavour, Duration.ZERO, answer(large + "X: " + "b".repeat(16_384))).kind())
        .isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
    assertThat(
            failure(flavour, Duration.ZERO, answer("HTTP/1.1 103 Wait\r\n\r\n".repeat(9))).kind())
        .isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
    assertThat(failure(flavour, Duration.ZERO, answer("SSH-2.0-OpenSSH\r\n\r\n")).kind())
        .isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
  }

  @ParameterizedTest
  @EnumSource
  void leaksNothingWhenTheProxyRefuses(Flavour flavour) throws Exception {
    ScriptedServer.Script refuse =
        wire -> {
          wire.readHead();
          wire.send("HTTP/1.1 503 No\r\n\r\n");
          wire.skipToGone();
        };
    try (ScriptedServer proxy = ScriptedServer.each(refuse);
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThatThrownBy(() -> rig.get(peer(proxy.address()))).isNotNull();
      Leaks leaks = Leaks.baseline();
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> rig.get(peer(proxy.address()))).isNotNull();
      }
      leaks.assertNone();
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverSharesTunnelsAskedForDifferently(Flavour flavour) throws Exception {
    try (ScriptedServer proxy =
            ScriptedServer.builder().next(grant(2)).next(grant(1)).next(grant(1)).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(proxy.address(), "a"))).isEqualTo("200 hello");
      assertThat(rig.get(peer(proxy.address(), "b"))).isEqualTo("200 hello");
      assertThat(rig.get(peer(proxy.address()))).isEqualTo("200 hello");
      assertThat(proxy.accepted()).isEqualTo(3);
      assertThat(rig.get(peer(proxy.address(), "a"))).isEqualTo("200 hello");
      assertThat(proxy.accepted()).isEqualTo(3);
    }
  }

  private static ScriptedServer.Script grant(int requests) {
    return wire -> {
      wire.readHead();
      wire.send(OK);
      serve(wire, requests);
    };
  }

  @Test
  void writesAddressesAsAuthorities() {
    SocketAddress hop = InetSocketAddress.createUnresolved("proxy.test", 1);
    assertThat(new ConnectProxy(hop, "2001:db8::1", 443, List.of()).authority())
        .isEqualTo("[2001:db8::1]:443");
    assertThat(new ConnectProxy(hop, "a.test", 80, List.of()).authority()).isEqualTo("a.test:80");
  }

  @Test
  void refusesWhatNoRequestCouldCarry() {
    SocketAddress hop = InetSocketAddress.createUnresolved("proxy.test", 1);
    for (String host : List.of("", "a b", "a\r\nX: y", "a/b", "a@b")) {
      assertThatThrownBy(() -> new ConnectProxy(hop, host, 80, List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new ConnectProxy(hop, "a", 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    for (Map.Entry<String, String> field :
        List.of(Map.entry("X", "a\r\nY: b"), Map.entry("X Y", "a"), Map.entry("", "a"))) {
      assertThatThrownBy(() -> new ConnectProxy(hop, "a", 80, List.of(field)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() ->
            new ConnectProxy(
                hop,
                "a",
                80,
                List.of(Map.entry("X", "a".repeat(20_000)), Map.entry("X", "a".repeat(20_000)))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
