// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.TcpKeepalive;
import dev.pingora.runtime.SocketTweak;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Which peers may share a connection.
class ReuseKeyTest {
  private static final HttpPeer PEER = HttpPeer.http("10.0.0.1:80");
  private static final SocketAddress HOP = InetSocketAddress.createUnresolved("proxy.test", 3128);

  private static HttpPeer with(Consumer<PeerOptions.Builder> change) {
    PeerOptions.Builder builder = PeerOptions.builder();
    change.accept(builder);
    return PEER.withOptions(builder.build());
  }

  private static HttpPeer through(String host, int port, String user) {
    List<Map.Entry<String, String>> headers = List.of(Map.entry("X-User", user));
    return PEER.withProxy(new ConnectProxy(HOP, host, port, headers));
  }

  @Test
  void whateverMattersSeparates() {
    SocketTweak tweak = _ -> {};
    SocketTweak otherTweak = _ -> {};
    L4Connect custom =
        (_, _, _) -> {
          throw new IllegalStateException();
        };
    List<HttpPeer> different =
        List.of(
            PEER,
            HttpPeer.http("10.0.0.1:81"),
            HttpPeer.http("10.0.0.2:80"),
            HttpPeer.http("app.test:80"),
            HttpPeer.uds("/run/app.sock"),
            with(b -> b.alpn(Alpn.H2)),
            with(b -> b.alpn(Alpn.H2_H1)),
            with(b -> b.groupKey(1)),
            with(b -> b.bindTo(BindTo.address(InetAddress.ofLiteral("127.0.0.2")))),
            with(b -> b.bindTo(BindTo.address(InetAddress.ofLiteral("127.0.0.3")))),
            with(b -> b.bindTo(new BindTo(null, 1000, 2000, false))),
            with(b -> b.dscp(10)),
            with(b -> b.tcpReceiveBuffer(4096)),
            with(b -> b.tcpFastOpen(true)),
            with(b -> b.tcpKeepalive(TcpKeepalive.builder().build())),
            with(b -> b.socketTweak(tweak)),
            with(b -> b.socketTweak(otherTweak)),
            with(b -> b.customL4(custom)),
            with(b -> b.extraProxyHeaders(List.of(Map.entry("X-A", "1")))),
            through("origin.test", 80, "a"),
            through("origin.test", 80, "b"),
            through("origin.test", 81, "a"),
            through("other.test", 80, "a"));
    List<ReuseKey> keys = new ArrayList<>();
    different.forEach(peer -> keys.add(peer.reuseKey()));
    assertThat(new HashSet<>(keys)).hasSize(keys.size());
  }

  @Test
  void whatDoesNotMatterDoesNot() {
    List<HttpPeer> same =
        List.of(
            HttpPeer.http("10.0.0.1:80"),
            with(b -> b.connectionTimeout(Duration.ofSeconds(1))),
            with(b -> b.totalConnectionTimeout(Duration.ofSeconds(1))),
            with(b -> b.readTimeout(Duration.ofSeconds(1))),
            with(b -> b.writeTimeout(Duration.ofSeconds(1))),
            with(b -> b.idleTimeout(Duration.ofSeconds(1))),
            with(b -> b.allowInvalidContentLength(true)),
            with(b -> b.proxyAnswer((_, _) -> "x")),
            with(b -> b.upstreamTlsHandshakeComplete((_, _) -> "x")));
    assertThat(same)
        .allSatisfy(peer -> {
          assertThat(peer.reuseKey()).isEqualTo(PEER.reuseKey());
          assertThat(peer.reuseKey()).hasSameHashCodeAs(PEER.reuseKey());
        });
    assertThat(through("origin.test", 80, "a").reuseKey())
        .isEqualTo(through("origin.test", 80, "a").reuseKey());
  }

  @Test
  void builderKeepsEveryOption() {
    PeerOptions all =
        PeerOptions.builder()
            .connectionTimeout(Duration.ofSeconds(1))
            .totalConnectionTimeout(Duration.ofSeconds(2))
            .readTimeout(Duration.ofSeconds(3))
            .writeTimeout(Duration.ofSeconds(4))
            .idleTimeout(Duration.ofSeconds(5))
            .alpn(Alpn.H2_H1)
            .maxH2Streams(6)
            .bindTo(new BindTo(null, 1000, 2000, true))
            .tcpKeepalive(TcpKeepalive.builder().build())
            .tcpReceiveBuffer(4096)
            .dscp(10)
            .tcpFastOpen(true)
            .groupKey(7)
            .allowInvalidContentLength(true)
            .socketTweak(_ -> {})
            .extraProxyHeaders(List.of(Map.entry("X-A", "1")))
            .proxyAnswer((_, _) -> "x")
            .upstreamTlsHandshakeComplete((_, _) -> "x")
            .tracer(
                new Tracer() {
                  @Override
                  public void onConnected() {}

                  @Override
                  public void onDisconnected() {}
                })
            .build();
    assertThat(all.toBuilder().build()).isEqualTo(all);
    assertThat(all.tuning().keepalive()).isNotNull();
    assertThat(all.tuning().receiveBuffer()).isEqualTo(4096);
    assertThat(all.tuning().dscp()).isEqualTo(10);
    assertThat(all.tuning().fastOpen()).isEqualTo(1);
  }
}
