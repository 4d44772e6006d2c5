// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.protocols.Digest;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.proxy.ProxyRig.Flavour;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.Wire;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An upstream or a client that goes away at each point of an exchange, and what may be sent again.
@SuppressWarnings("StringConcatToTextBlock") // CRLF
class UpstreamFaultsTest {
  private static final PeerOptions IMPATIENT =
      PeerOptions.builder().readTimeout(Duration.ofMillis(200)).build();

  private static RawResponse get(Wire client) {
    return client.send(RawHttp.get("/")).readResponse();
  }

  private static void answer(Wire wire, String content) {
    wire.readRequest();
    wire.send(RawHttp.response(200, content));
  }

  // --- connections that die while idle ---

  /// Serves one request, reads the next whole one, and closes or resets without an answer.
  private static ScriptedServer.Script dying(boolean reset) {
    return wire -> {
      answer(wire, "one");
      wire.readRequest();
      if (reset) {
        wire.reset();
      }
    };
  }

  private static ScriptedServer.Script staying(String content) {
    return wire -> {
      answer(wire, content);
      wire.skipToGone();
    };
  }

  @ParameterizedTest
  @EnumSource
  void repeatsAnIdempotentRequestOnAFreshConnection(Flavour flavour) throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      try (ScriptedServer origin =
              ScriptedServer.builder().next(dying(reset)).next(staying("two")).tcp();
          ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
          Wire client = rig.connect()) {
        assertThat(get(client).text()).isEqualTo("one");
        client.send(RawHttp.head("DELETE / HTTP/1.1", "Host: x"));
        assertThat(client.readResponse().text()).isEqualTo("two");
      }
    }
  }

  /// RFC 9110 §9.2.2: a proxy must not repeat a request of a non-idempotent method.
  @ParameterizedTest
  @EnumSource
  void neverSendsAPostTwice(Flavour flavour) throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      try (ScriptedServer origin = ScriptedServer.builder().next(dying(reset)).tcp();
          ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
          Wire client = rig.connect()) {
        assertThat(get(client).text()).isEqualTo("one");
        client.send(RawHttp.post("/", "pay"));
        assertThat(client.readResponse().status()).isEqualTo(502);
        assertThat(origin.accepted()).isEqualTo(1);
      }
    }
  }

  /// Lets a connection die between pick and write, in the phase that runs there.
  private record Slow(HttpPeer peer, Gate picked, Gate died) implements UpstreamConnection<String> {
    @Override
    public String newContext() {
      return "";
    }

    @Override
    public HttpPeer upstreamPeer(Session session, String context) {
      return peer;
    }

    @Override
    public void connectedToUpstream(
        Session session, boolean reused, HttpPeer to, Digest digest, String context)
        throws Exception {
      if (reused) {
        picked.open();
        session.offload(() -> {
          died.await();
          return "";
        });
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendsAgainWhateverWasNotSentAtAll(Flavour flavour) throws Exception {
    Gate picked = new Gate("the idle connection was picked");
    Gate died = new Gate("it has died");
    ScriptedServer.Script first =
        wire -> {
          answer(wire, "one");
          picked.await();
          wire.reset();
          died.open();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(first).next(staying("two")).tcp();
        ProxyRig rig =
            ProxyRig.start(
                flavour, new Slow(HttpPeer.http("127.0.0.1:" + origin.port()), picked, died));
        Wire client = rig.connect()) {
      assertThat(get(client).text()).isEqualTo("one");
      client.send(RawHttp.post("/", "pay"));
      assertThat(client.readResponse().text()).isEqualTo("two");
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverRepeatsWhatAFreshConnectionLost(Flavour flavour) throws Exception {
    try (ScriptedServer origin = ScriptedServer.builder().next(Wire::readHead).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      assertThat(get(client).status()).isEqualTo(502);
    }
  }

  // --- upstreams that fail in the response ---

  /// RFC 9110 §7.8: a server must not switch to a protocol that the client did not offer, and must
  /// name the one it switches to.
  @ParameterizedTest
  @EnumSource
  void refusesToSwitchToWhatTheClientDidNotOffer(Flavour flavour) throws Exception {
    for (String upgrade : List.of("Upgrade: other\r\n", "Upgrade: echo, other\r\n", "")) {
      ScriptedServer.Script script =
          wire -> {
            wire.readHead();
            wire.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n" + upgrade + "\r\n");
            wire.expectGone();
          };
      try (ScriptedServer origin = ScriptedServer.builder().next(script).tcp();
          ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
          Wire client = rig.connect()) {
        client.send(RawHttp.get("/", "Connection: Upgrade", "Upgrade: ECHO, x/1"));
        assertThat(client.readHead()).as(upgrade).startsWith("HTTP/1.1 502 ");
      }
    }
  }

  /// Each interim response renews the wait for the final one: without a bound they never end.
  @ParameterizedTest
  @EnumSource
  void floodOfInterimResponsesEnds(Flavour flavour) throws Exception {
    ScriptedServer.Script flood =
        wire -> {
          wire.readHead();
          wire.send("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(101));
          wire.expectGone();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(flood).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      client.send(RawHttp.get("/"));
      for (int i = 0; i < 100; i++) {
        assertThat(client.readHead()).startsWith("HTTP/1.1 103 ");
      }
      assertThat(client.readHead()).startsWith("HTTP/1.1 502 ");
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverRepeatsOnceAResponseHasBegun(Flavour flavour) throws Exception {
    ScriptedServer.Script half =
        wire -> {
          answer(wire, "one");
          wire.readRequest();
          wire.send("HTTP/1.1 200 OK\r\nContent-Le");
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(half).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      assertThat(get(client).text()).isEqualTo("one");
      assertThat(get(client).status()).isEqualTo(502);
    }
  }

  @ParameterizedTest
  @EnumSource
  void breaksOffWhenTheUpstreamResetsInItsContent(Flavour flavour) throws Exception {
    for (String head :
        new String[] {
          "Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello"
        }) {
      Gate seen = new Gate("the client has the first part");
      ScriptedServer.Script resetLater =
          wire -> {
            wire.readHead();
            wire.send("HTTP/1.1 200 OK\r\n" + head);
            seen.await();
            wire.reset();
          };
      try (ScriptedServer origin = ScriptedServer.builder().next(resetLater).tcp();
          ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
          Wire client = rig.connect()) {
        client.send(RawHttp.get("/"));
        client.readHead();
        client.readUntil("hello");
        seen.open();
        client.skipToGone();
        assertThat(client.received()).as("no end of chunks").doesNotContain("0\r\n\r\n");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void breaksOffWhenTheUpstreamFallsSilentInItsContent(Flavour flavour) throws Exception {
    ScriptedServer.Script silent =
        wire -> {
          wire.readHead();
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
          wire.expectGone();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(silent).tcp()) {
      ToPeer proxy = new ToPeer(origin.port(), IMPATIENT);
      try (ProxyRig rig = ProxyRig.start(flavour, proxy);
          Wire client = rig.connect()) {
        client.send(RawHttp.get("/"));
        client.readUntil("hello");
        client.skipToGone();
        assertThat(proxy.logged.await(1)).containsExactly("200 Upstream ReadTimedout");
        origin.awaitScripts();
      }
    }
  }

  /// A head must come within the timeout, however many pieces it comes in.
  @ParameterizedTest
  @EnumSource
  void answers504WhenTheHeadTrickles(Flavour flavour) throws Exception {
    Gate over = new Gate("the client has its answer");
    ScriptedServer.Script trickle =
        wire -> {
          wire.readHead();
          wire.send("HTTP/1.1 200 OK\r\n");
          for (int i = 0; !over.isOpen(); i++) {
            try {
              wire.send("X-" + i + ": a\r\n");
              over.await(Duration.ofMillis(50));
            } catch (AssertionError e) {
              // not over yet, or the connection is gone
            }
          }
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(trickle).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port(), IMPATIENT));
        Wire client = rig.connect()) {
      assertThat(get(client).status()).isEqualTo(504);
      over.open();
      origin.awaitScripts();
    }
  }

  // --- clients that leave ---

  @ParameterizedTest
  @EnumSource
  void closesTheUpstreamWhenTheClientLeavesInItsUpload(Flavour flavour) throws Exception {
    Gate asked = new Gate("the upstream has a part of the content");
    ScriptedServer.Script waits =
        wire -> {
          wire.readHead();
          wire.expect("hello");
          asked.open();
          wire.expectGone();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(waits).tcp()) {
      ToPeer proxy = new ToPeer(origin.port());
      try (ProxyRig rig = ProxyRig.start(flavour, proxy)) {
        sendAndLeave(
            rig, RawHttp.head("POST / HTTP/1.1", "Host: x", "Content-Length: 10") + "hello", asked);
        assertThat(proxy.logged.await(1).getFirst()).startsWith("0 Downstream ");
        origin.awaitScripts();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesTheUpstreamWhenTheClientLeavesInTheResponse(Flavour flavour) throws Exception {
    Gate answered = new Gate("a part of the response is on its way");
    ScriptedServer.Script endless =
        wire -> {
          wire.readHead();
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
          answered.open();
          wire.expectGone();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(endless).tcp()) {
      ToPeer proxy = new ToPeer(origin.port());
      try (ProxyRig rig = ProxyRig.start(flavour, proxy)) {
        sendAndLeave(rig, RawHttp.get("/"), answered);
        assertThat(proxy.logged.await(1).getFirst()).contains("Downstream ");
        origin.awaitScripts();
      }
    }
  }

  private static void sendAndLeave(ProxyRig rig, String request, Gate gate) {
    try (Wire client = rig.connect()) {
      client.send(request);
      gate.await();
    }
  }
}
