// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.connectors.LoopRig.Flavour;
import dev.pingora.core.protocols.Http1Upstream;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.server.ResolverConf;
import dev.pingora.core.server.TcpKeepalive;
import dev.pingora.core.upstreams.BindTo;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.core.upstreams.Tracer;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.ConnectSpec;
import dev.pingora.runtime.Connection;
import dev.pingora.testkit.Events;
import dev.pingora.testkit.FakeResolver;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// How peers are connected to, and what their options change.
@SuppressWarnings("StringConcatToTextBlock") // CRLF
class HttpConnectorTest {
  private static final PeerOptions ONCE = PeerOptions.builder().idleTimeout(Duration.ZERO).build();

  /// Answers `requests` GETs on one connection, then waits for its end.
  private static ScriptedServer.Script answering(int requests) {
    return wire -> {
      for (int i = 0; i < requests; i++) {
        wire.readRequest();
        wire.send(RawHttp.response(200, "hello"));
      }
      wire.skipToGone();
    };
  }

  private static HttpPeer peer(ScriptedServer server) {
    return HttpPeer.http(server.address());
  }

  private static ErrorKind failure(ConnectorRig rig, HttpPeer peer) {
    ProxyException[] seen = new ProxyException[1];
    assertThatThrownBy(() -> rig.get(peer))
        .isInstanceOfSatisfying(ProxyException.class, e -> seen[0] = e);
    return seen[0].kind();
  }

  // --- names ---

  @ParameterizedTest
  @EnumSource
  void triesTheAddressesOfANameInTurn(Flavour flavour) throws Exception {
    FakeResolver names = new FakeResolver().answer("app.test", "127.0.0.2", "::1", "127.0.0.1");
    try (ScriptedServer server = ScriptedServer.each(answering(1));
        ConnectorRig rig = ConnectorRig.start(flavour, names)) {
      HttpPeer peer = HttpPeer.http("app.test:" + server.port());
      assertThat(rig.get(peer)).isEqualTo("200 hello");
      assertThat(names.lookups().all()).containsExactly("app.test");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNameThatDoesNotExistIsNoRoute(Flavour flavour) throws Exception {
    try (ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(failure(rig, HttpPeer.http("none.test:80"))).isEqualTo(ErrorKind.CONNECT_NO_ROUTE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theWholeConnectIncludesTheLookup(Flavour flavour) throws Exception {
    FakeResolver names = new FakeResolver().answer("slow.test", "127.0.0.1");
    Gate gate = names.hold("slow.test");
    try (ConnectorRig rig = ConnectorRig.start(flavour, names)) {
      PeerOptions options =
          PeerOptions.builder().totalConnectionTimeout(Duration.ofMillis(60)).build();
      assertThat(failure(rig, HttpPeer.http("slow.test:80").withOptions(options)))
          .isEqualTo(ErrorKind.CONNECT_TIMEOUT);
      gate.open();
    }
  }

  // --- where from ---

  @ParameterizedTest
  @EnumSource
  void connectsFromTheSourcesOfTheServer(Flavour flavour) throws Exception {
    Events<InetAddress> sources = new Events<>();
    ScriptedServer.Script script =
        wire -> {
          sources.add(((InetSocketAddress) wire.remoteAddress()).getAddress());
          answering(1).play(wire);
        };
    List<InetAddress> allowed =
        List.of(InetAddress.ofLiteral("127.0.0.3"), InetAddress.ofLiteral("127.0.0.4"));
    ConnectorOptions plain = ConnectorRig.options(new FakeResolver());
    ConnectorOptions options =
        new ConnectorOptions(plain.resolver(), allowed, List.of(), new SplittableRandom(1), 0);
    try (ScriptedServer server = ScriptedServer.each(script);
        ConnectorRig rig = ConnectorRig.start(flavour, 1, options, 128)) {
      for (int i = 0; i < 20; i++) {
        assertThat(rig.get(peer(server).withOptions(ONCE))).isEqualTo("200 hello");
      }
      assertThat(sources.all()).hasSize(20).hasSameElementsAs(allowed);
      BindTo own = BindTo.address(InetAddress.ofLiteral("127.0.0.9"));
      PeerOptions bound = ONCE.toBuilder().bindTo(own).build();
      assertThat(rig.get(peer(server).withOptions(bound))).isEqualTo("200 hello");
      assertThat(sources.all().getLast()).as("the peer's wins").isEqualTo(own.address());
      BindTo ports = new BindTo(null, 42_000, 42_100, false);
      PeerOptions ranged = ONCE.toBuilder().bindTo(ports).build();
      assertThat(rig.get(peer(server).withOptions(ranged))).isEqualTo("200 hello");
      assertThat(sources.all().getLast()).as("a range of ports does too").isNotIn(allowed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesOutAddressesOfTheOtherFamilyThanItsSource(Flavour flavour) throws Exception {
    FakeResolver names = new FakeResolver().answer("both.test", "::1", "127.0.0.1");
    names.answer("six.test", "::1");
    PeerOptions options =
        ONCE.toBuilder().bindTo(BindTo.address(InetAddress.ofLiteral("127.0.0.1"))).build();
    try (ScriptedServer server = ScriptedServer.each(answering(1));
        ConnectorRig rig = ConnectorRig.start(flavour, names)) {
      assertThat(rig.get(HttpPeer.http("both.test:" + server.port()).withOptions(options)))
          .isEqualTo("200 hello");
      assertThat(failure(rig, HttpPeer.http("six.test:80").withOptions(options)))
          .isEqualTo(ErrorKind.BIND_ERROR);
    }
  }

  @Test
  void refusesSourcesOfTheWrongFamily() {
    Resolver none = Resolver.jdk(ResolverConf.defaults());
    List<InetAddress> six = List.of(InetAddress.ofLiteral("::1"));
    assertThatThrownBy(() -> new ConnectorOptions(none, six, List.of(), new SplittableRandom(1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("client_bind_to_ipv4");
  }

  // --- options of the socket ---

  @ParameterizedTest
  @EnumSource
  void setsWhatTheOptionsSay(Flavour flavour) throws Exception {
    PeerOptions options =
        ONCE.toBuilder()
            .tcpKeepalive(TcpKeepalive.builder().userTimeout(Duration.ofSeconds(9)).build())
            .tcpReceiveBuffer(64 << 10)
            .dscp(46)
            .tcpFastOpen(true)
            .build();
    assertThat(options.tuning().keepalive()).isNotNull();
    assertThat(options.tuning().dscp()).isEqualTo(46);
    try (ScriptedServer server = ScriptedServer.each(answering(1));
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      for (int i = 0; i < 3; i++) {
        assertThat(rig.get(peer(server).withOptions(options))).isEqualTo("200 hello");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void letsATweakSeeTheSocketOrRefuseIt(Flavour flavour) throws Exception {
    List<Integer> seen = new ArrayList<>();
    try (ScriptedServer server = ScriptedServer.each(answering(1));
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(server).withOptions(ONCE.toBuilder().socketTweak(seen::add).build())))
          .isEqualTo("200 hello");
      assertThat(seen).hasSize(1).allMatch(descriptor -> descriptor > 2);
      PeerOptions refusing =
          ONCE.toBuilder()
              .socketTweak(_ -> {
                throw new IOException("not today");
              })
              .build();
      assertThatThrownBy(() -> rig.get(peer(server).withOptions(refusing)))
          .hasMessageContaining("not today");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCustomConnectReplacesTheEnginesOwn(Flavour flavour) throws Exception {
    try (ScriptedServer server = ScriptedServer.each(answering(1));
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      PeerOptions options =
          PeerOptions.builder()
              .customL4((thread, _, deadline) ->
                  thread.loop().connect(thread, ConnectSpec.to(server.address()), deadline))
              .build();
      assertThat(rig.get(HttpPeer.http("wherever.test:1").withOptions(options)))
          .isEqualTo("200 hello");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTracerHearsOfBothEnds(Flavour flavour) throws Exception {
    Events<String> heard = new Events<>();
    Tracer tracer =
        new Tracer() {
          @Override
          public void onConnected() {
            heard.add("connected");
          }

          @Override
          public void onDisconnected() {
            heard.add("disconnected");
          }
        };
    try (ScriptedServer server = ScriptedServer.each(answering(2));
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      HttpPeer peer = peer(server).withOptions(PeerOptions.builder().tracer(tracer).build());
      assertThat(rig.get(peer)).isEqualTo("200 hello");
      assertThat(rig.get(peer)).isEqualTo("200 hello");
      assertThat(heard.all()).containsExactly("connected");
    }
    assertThat(heard.await(2)).containsExactly("connected", "disconnected");
  }

  // --- HTTP ---

  /// {@return how a request fails on a fresh connection once `first` has reached it}
  private static ErrorKind failureAfter(Flavour flavour, Consumer<Wire> first) throws Exception {
    Gate connected = new Gate("connected");
    ScriptedServer.Script script =
        wire -> {
          connected.await();
          first.accept(wire);
        };
    try (ScriptedServer server = ScriptedServer.each(script);
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      ProxyException failure =
          rig.loops.call(thread -> {
            UpstreamSession session = rig.connector.connect(thread, peer(server));
            connected.open();
            Connection connection = ((Http1Upstream) session).connection();
            while (!connection.isHungUp() && !connection.isInputWaiting()) {
              thread.await(thread.loop().now() + 1_000_000); // until the loop has seen it
            }
            try {
              ConnectorRig.get(thread, session);
              throw new AssertionError("answered");
            } catch (ProxyException e) {
              return e;
            } finally {
              session.abort();
            }
          });
      assertThat(failure.retryable(false)).isFalse();
      return failure.kind();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFreshConnectionThatIsEndedAtOnceWasClosed(Flavour flavour) throws Exception {
    assertThat(failureAfter(flavour, wire -> wire.halfClose().skipToGone()))
        .isEqualTo(ErrorKind.CONNECTION_CLOSED);
    assertThat(failureAfter(flavour, Wire::reset))
        .isIn(ErrorKind.CONNECTION_CLOSED, ErrorKind.READ_ERROR, ErrorKind.WRITE_ERROR);
  }

  private static void speakFirst(Wire wire) {
    wire.send(RawHttp.response(200, "hello")).skipToGone();
  }

  /// RFC 9112 §9.2: what comes before a request is the response to none.
  @ParameterizedTest
  @EnumSource
  void aPeerThatSpeaksFirstIsNotListenedTo(Flavour flavour) throws Exception {
    assertThat(failureAfter(flavour, HttpConnectorTest::speakFirst))
        .isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
  }

  @ParameterizedTest
  @EnumSource
  void takesAnInvalidLengthForNoneWhereThatIsWanted(Flavour flavour) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          wire.readRequest();
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello world");
        };
    PeerOptions lenient = PeerOptions.builder().allowInvalidContentLength(true).build();
    try (ScriptedServer server = ScriptedServer.each(script);
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(failure(rig, peer(server))).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
      assertThat(rig.get(peer(server).withOptions(lenient))).isEqualTo("200 hello world");
      assertThat(rig.get(peer(server).withOptions(lenient))).isEqualTo("200 hello world");
      assertThat(server.accepted()).isEqualTo(3);
    }
  }

  @Test
  void versionsFollowPingorasRule() {
    assertThat(PeerOptions.builder().httpVersion(1, 1).build().alpn().name()).isEqualTo("H1");
    assertThat(PeerOptions.builder().httpVersion(2, 2).build().alpn().name()).isEqualTo("H2");
    assertThat(PeerOptions.builder().httpVersion(2, 1).build().alpn().name()).isEqualTo("H2_H1");
  }

  @ParameterizedTest
  @EnumSource
  void manyThreadsGetConnectionsOfTheirOwn(Flavour flavour) throws Exception {
    Gate all = new Gate("every request has come");
    Events<Wire> asked = new Events<>();
    ScriptedServer.Script script =
        wire -> {
          wire.readRequest();
          asked.add(wire);
          all.await();
          wire.send(RawHttp.response(200, "hello"));
          wire.skipToGone();
        };
    try (ScriptedServer server = ScriptedServer.each(script);
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        answers.add(rig.loops.start(thread -> rig.get(thread, peer(server))));
      }
      asked.await(10);
      all.open();
      for (CompletableFuture<String> answer : answers) {
        assertThat(LoopRig.await(answer)).isEqualTo("200 hello");
      }
      assertThat(server.accepted()).isEqualTo(10);
    }
  }
}
