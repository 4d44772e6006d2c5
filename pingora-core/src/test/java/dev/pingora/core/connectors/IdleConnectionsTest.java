// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.connectors.LoopRig.Flavour;
import dev.pingora.core.protocols.Http1Upstream;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import dev.pingora.pool.PoolStats;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.Loop;
import dev.pingora.runtime.RequestThread;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.FakeResolver;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What becomes of connections between two requests.
class IdleConnectionsTest {
  private static HttpPeer peer(ScriptedServer server) {
    return HttpPeer.http(server.address());
  }

  private static void answer(Wire wire) {
    wire.readRequest();
    wire.send(RawHttp.response(200, "hello"));
  }

  private static PoolStats stats(ConnectorRig rig) {
    return rig.pools.stats().getFirst();
  }

  @ParameterizedTest
  @EnumSource
  void servesManyRequestsOverOneConnection(Flavour flavour) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      HttpPeer peer = HttpPeer.http("127.0.0.1:" + origin.port());
      for (int i = 0; i < 50; i++) {
        assertThat(rig.get(peer)).startsWith("200 ");
      }
      assertThat(origin.connections()).isEqualTo(1);
      assertThat(stats(rig).hits()).isEqualTo(49);
    }
  }

  @ParameterizedTest
  @EnumSource
  void noticesThatAPeerClosesAnIdleConnection(Flavour flavour) throws Exception {
    Gate close = new Gate("close the idle connection");
    ScriptedServer.Script closing =
        wire -> {
          answer(wire);
          close.await();
        };
    ScriptedServer.Script staying =
        wire -> {
          answer(wire);
          wire.skipToGone();
        };
    try (ScriptedServer server = ScriptedServer.builder().next(closing).next(staying).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      assertThat(stats(rig).idle()).isEqualTo(1);
      close.open();
      Eventually.holds("it has left the pool", () -> stats(rig).idle() == 0);
      Eventually.holds("it is closed", () -> rig.loops.group.connectionCount() == 0);
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      assertThat(stats(rig).removals()).isEqualTo(1);
      assertThat(rig.pools.unexpectedDataConnections()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesAnIdleConnectionThatSpeaks(Flavour flavour) throws Exception {
    Gate speak = new Gate("speak out of turn");
    ScriptedServer.Script speaking =
        wire -> {
          answer(wire);
          speak.await();
          wire.send(RawHttp.response(200, "poison"));
          wire.expectGone();
        };
    ScriptedServer.Script staying =
        wire -> {
          answer(wire);
          wire.skipToGone();
        };
    try (ScriptedServer server = ScriptedServer.builder().next(speaking).next(staying).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      speak.open();
      Eventually.holds("it has left the pool", () -> stats(rig).idle() == 0);
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      Eventually.holds("it is counted", () -> rig.pools.unexpectedDataConnections() == 1);
    }
  }

  /// Connects, and begins the exchange when the upstream has spoken.
  private static String getLate(ConnectorRig rig, HttpPeer peer, Gate connected) throws Exception {
    return rig.loops.call(thread -> {
      UpstreamSession session = rig.connector.connect(thread, peer);
      connected.open();
      Connection connection = ((Http1Upstream) session).connection();
      while (!connection.isInputWaiting()) {
        thread.await(thread.loop().deadlineIn(1_000_000));
      }
      try {
        return ConnectorRig.get(thread, session);
      } finally {
        session.abort();
      }
    });
  }

  /// RFC 9112 §9.2: what comes without a request outstanding is no response to a later one, also if
  /// the connection is no longer idle.
  @ParameterizedTest
  @EnumSource
  void octetsBetweenPickAndRequestAreNoResponse(Flavour flavour) throws Exception {
    Gate picked = new Gate("the idle connection was picked");
    ScriptedServer.Script speaking =
        wire -> {
          answer(wire);
          picked.await();
          wire.send(RawHttp.response(200, "poison"));
          wire.expectGone();
        };
    try (ScriptedServer server = ScriptedServer.builder().next(speaking).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      assertThatThrownBy(() -> getLate(rig, peer(server), picked))
          .isInstanceOfSatisfying(
              ProxyException.class,
              e -> assertThat(e.retry()).as("nothing was sent").isEqualTo(Retry.IF_REUSED));
      server.awaitScripts();
    }
  }

  @ParameterizedTest
  @EnumSource
  void upstreamThatSpeaksFirstIsNotBelieved(Flavour flavour) throws Exception {
    ScriptedServer.Script greeting =
        wire -> {
          wire.send(RawHttp.response(200, "poison"));
          wire.expectGone();
        };
    try (ScriptedServer server = ScriptedServer.builder().next(greeting).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      Gate connected = new Gate("connected");
      assertThatThrownBy(() -> getLate(rig, peer(server), connected))
          .isInstanceOf(ProxyException.class)
          .hasMessageContaining("before the request");
      server.awaitScripts();
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverReusesAConnectionWithBytesBehindTheResponse(Flavour flavour) throws Exception {
    ScriptedServer.Script twice =
        wire -> {
          wire.readRequest();
          wire.send(RawHttp.response(200, "hello") + RawHttp.response(200, "poison"));
          wire.expectGone();
        };
    try (ScriptedServer server = ScriptedServer.builder().next(twice).next(twice).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      assertThat(server.accepted()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesWhatIsIdleForTooLong(Flavour flavour) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          answer(wire);
          wire.expectClosed();
        };
    PeerOptions brief = PeerOptions.builder().idleTimeout(Duration.ofMillis(50)).build();
    try (ScriptedServer server = ScriptedServer.builder().next(script).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(server).withOptions(brief))).isEqualTo("200 hello");
      server.awaitScripts();
      assertThat(stats(rig).expirations()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsAConnectionForAsLongAsItsLastPeerSays(Flavour flavour) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          answer(wire);
          answer(wire);
          wire.expectClosed();
        };
    PeerOptions none = PeerOptions.builder().idleTimeout(Duration.ZERO).build();
    try (ScriptedServer server = ScriptedServer.builder().next(script).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      assertThat(rig.get(peer(server).withOptions(none))).isEqualTo("200 hello");
      server.awaitScripts();
      assertThat(stats(rig).idle()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsNoMoreThanItsBound(Flavour flavour) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        ConnectorRig rig =
            ConnectorRig.start(flavour, 1, ConnectorRig.options(new FakeResolver()), 3)) {
      List<CompletableFuture<String>> answers = new ArrayList<>();
      HttpPeer peer = HttpPeer.http("127.0.0.1:" + origin.port());
      for (int i = 0; i < 10; i++) {
        answers.add(rig.loops.start(thread -> rig.get(thread, peer)));
      }
      for (CompletableFuture<String> answer : answers) {
        assertThat(LoopRig.await(answer)).startsWith("200 ");
      }
      assertThat(stats(rig).idle()).isLessThanOrEqualTo(3);
      Eventually.holds("the others are closed", () -> origin.openConnections() <= 3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionToCloseIsNotKept(Flavour flavour) throws Exception {
    ScriptedServer.Script closing =
        wire -> {
          wire.readRequest();
          wire.send(RawHttp.response(200, "hello", "Connection: close"));
          wire.expectClosed();
        };
    try (ScriptedServer server = ScriptedServer.builder().next(closing).next(closing).tcp();
        ConnectorRig rig = ConnectorRig.start(flavour)) {
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      assertThat(rig.get(peer(server))).isEqualTo("200 hello");
      server.awaitScripts();
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachLoopHasItsOwn(Flavour flavour) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        ConnectorRig rig =
            ConnectorRig.start(flavour, 2, ConnectorRig.options(new FakeResolver()), 128)) {
      HttpPeer peer = HttpPeer.http("127.0.0.1:" + origin.port());
      for (int i = 0; i < 10; i++) {
        Loop loop = rig.loops.group.loops().get(i % 2);
        CompletableFuture<String> answer = LoopRig.start(loop, thread -> rig.get(thread, peer));
        assertThat(LoopRig.await(answer)).startsWith("200 ");
      }
      assertThat(origin.connections()).isEqualTo(2);
      assertThat(rig.pools.stats()).allMatch(stats -> stats.hits() == 4 && stats.idle() == 1);
    }
  }

  /// Peers that close at any moment, evictions and takers meet: every connection is in the pool or
  /// closed, none is forgotten.
  @ParameterizedTest
  @EnumSource
  void forgetsNoConnectionWhenEndsAndTakersMeet(Flavour flavour) throws Exception {
    TestOrigin.Handler fickle =
        exchange -> {
          exchange.respond(200, "hello");
          if (exchange.wire().received().length() % 3 == 0
              || Math.floorMod(System.nanoTime(), 5) < 2) {
            exchange.close(); // without having said so
          }
        };
    try (TestOrigin origin = TestOrigin.start(fickle);
        ConnectorRig rig =
            ConnectorRig.start(flavour, 1, ConnectorRig.options(new FakeResolver()), 4)) {
      HttpPeer peer = HttpPeer.http("127.0.0.1:" + origin.port());
      List<CompletableFuture<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        clients.add(rig.loops.start(thread -> getMany(rig, thread, peer)));
      }
      int answered = 0;
      for (CompletableFuture<Integer> client : clients) {
        answered += LoopRig.await(client);
      }
      assertThat(answered).isPositive();
      Eventually.holds(
          "what is open is in the pool",
          () -> rig.loops.group.connectionCount() == stats(rig).idle());
      assertThat(stats(rig).idle()).isLessThanOrEqualTo(4);
    }
  }

  private static int getMany(ConnectorRig rig, RequestThread thread, HttpPeer peer) {
    int answered = 0;
    for (int i = 0; i < 200; i++) {
      try {
        rig.get(thread, peer);
        answered++;
      } catch (ProxyException e) {
        assertThat(e.source()).isEqualTo(ErrorSource.UPSTREAM); // the peer had closed
      }
    }
    return answered;
  }
}
