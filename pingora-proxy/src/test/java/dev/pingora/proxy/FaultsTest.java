// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Limits;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import dev.pingora.proxy.ProxyRig.Flavour;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.Wire;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a client is told when something goes wrong, and what happens to the other side.
class FaultsTest {
  private static final PeerOptions IMPATIENT =
      PeerOptions.builder().readTimeout(Duration.ofMillis(200)).build();

  @ParameterizedTest
  @EnumSource
  void answers502WhenTheUpstreamRefuses(Flavour flavour) throws Exception {
    try (ProxyRig rig = ProxyRig.start(flavour, new ToPeer(freePort()));
        Wire client = rig.connect()) {
      assertThat(get(client).status()).isEqualTo(502);
      assertThat(get(client).status()).as("the connection is kept").isEqualTo(502);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answers502WhenTheUpstreamResetsBeforeItsHead(Flavour flavour) throws Exception {
    ScriptedServer.Script reset =
        wire -> {
          wire.readHead();
          wire.reset();
        };
    assertAnswer(flavour, reset, 502, "Upstream ReadError");
  }

  @ParameterizedTest
  @EnumSource
  void answers502WhenTheUpstreamClosesInsideItsHead(Flavour flavour) throws Exception {
    ScriptedServer.Script close =
        wire -> {
          wire.readHead();
          wire.send("HTTP/1.1 200 OK\r\nConte");
        };
    assertAnswer(flavour, close, 502, "Upstream ConnectionClosed");
  }

  @ParameterizedTest
  @EnumSource
  void answers502WhenTheResponseIsMalformed(Flavour flavour) throws Exception {
    ScriptedServer.Script smuggle =
        wire -> {
          wire.readHead();
          wire.send(
              "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello");
          wire.expectGone();
        };
    assertAnswer(flavour, smuggle, 502, "Upstream InvalidHTTPHeader");
  }

  @ParameterizedTest
  @EnumSource
  void answers504WhenTheUpstreamIsSilent(Flavour flavour) throws Exception {
    ScriptedServer.Script silent =
        wire -> {
          wire.readHead();
          wire.expectGone();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(silent).tcp()) {
      ToPeer proxy = new ToPeer(origin.port(), IMPATIENT);
      try (ProxyRig rig = ProxyRig.start(flavour, proxy);
          Wire client = rig.connect()) {
        assertThat(get(client).status()).isEqualTo(504);
        assertThat(proxy.logged.await(1)).containsExactly("504 Upstream ReadTimedout");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void breaksTheResponseOffWhenTheUpstreamDiesInItsContent(Flavour flavour) throws Exception {
    ScriptedServer.Script half =
        wire -> {
          wire.readHead();
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(half).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      client.send(RawHttp.get("/"));
      assertThat(client.readHead()).startsWith("HTTP/1.1 200");
      client.expect("hello");
      client.expectGone();
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesTheUpstreamWhenTheClientLeavesInMidRequest(Flavour flavour) throws Exception {
    Gate asked = new Gate("the upstream has the request");
    ScriptedServer.Script waits =
        wire -> {
          wire.readHead();
          asked.open();
          wire.expectGone();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(waits).tcp()) {
      ToPeer proxy = new ToPeer(origin.port());
      try (ProxyRig rig = ProxyRig.start(flavour, proxy)) {
        askAndLeave(rig, asked);
        assertThat(proxy.logged.await(1)).containsExactly("0 Downstream ConnectionClosed");
        origin.awaitScripts();
      }
    }
  }

  private static void askAndLeave(ProxyRig rig, Gate asked) {
    try (Wire client = rig.connect()) {
      client.send(RawHttp.get("/"));
      asked.await();
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendsARequestAgainWhenAnIdleConnectionWasClosed(Flavour flavour) throws Exception {
    ScriptedServer.Script first =
        wire -> {
          wire.readRequest();
          wire.send(RawHttp.response(200, "one"));
          wire.readRequest();
          wire.close();
        };
    ScriptedServer.Script second =
        wire -> {
          assertThat(wire.readRequest().text()).isEqualTo("again");
          wire.send(RawHttp.response(200, "two"));
          wire.readToEnd();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(first).next(second).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      assertThat(get(client).text()).isEqualTo("one");
      client.send(RawHttp.head("PUT / HTTP/1.1", "Host: x", "Content-Length: 5") + "again");
      assertThat(client.readResponse().text()).isEqualTo("two");
    }
  }

  @ParameterizedTest
  @EnumSource
  void triesAnotherPeerWhenTheProxySaysSo(Flavour flavour) throws Exception {
    int dead = freePort();
    ScriptedServer.Script alive =
        wire -> {
          wire.readHead();
          wire.send(RawHttp.response(200, "alive"));
          wire.readToEnd();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(alive).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new Failover(dead, origin.port()));
        Wire client = rig.connect()) {
      assertThat(get(client).text()).isEqualTo("alive");
    }
  }

  private record Failover(int dead, int alive) implements ProxyFailures<int[]> {
    @Override
    public int[] newContext() {
      return new int[1];
    }

    @Override
    public HttpPeer upstreamPeer(Session session, int[] tries) {
      return HttpPeer.http("127.0.0.1:" + (tries[0] == 0 ? dead : alive));
    }

    @Override
    public ProxyException failToConnect(
        Session session, HttpPeer peer, int[] tries, ProxyException error) {
      tries[0]++;
      return error.withRetry(Retry.ALWAYS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answers500WhenAFilterThrows(Flavour flavour) throws Exception {
    ProxyHttp<String> broken =
        new ProxyHttp<>() {
          @Override
          public String newContext() {
            return "";
          }

          @Override
          public HttpPeer upstreamPeer(Session session, String context) {
            throw new IllegalArgumentException("a bug");
          }
        };
    try (ProxyRig rig = ProxyRig.start(flavour, broken);
        Wire client = rig.connect()) {
      assertThat(get(client).status()).isEqualTo(500);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersWhatAFilterSays(Flavour flavour) throws Exception {
    ProxyHttp<String> gate =
        new ProxyHttp<>() {
          @Override
          public String newContext() {
            return "";
          }

          @Override
          public HttpPeer upstreamPeer(Session session, String context) throws ProxyException {
            throw ProxyException.of(ErrorKind.NO_HEALTHY_UPSTREAM, "none");
          }

          @Override
          public void requestFilter(Session session, String context) throws Exception {
            if (session.request().path().startsWith("/private")) {
              session.respond(403, "text/plain", "no\n");
            }
          }
        };
    try (ProxyRig rig = ProxyRig.start(flavour, gate);
        Wire client = rig.connect()) {
      client.send(RawHttp.get("/x/../%70rivate/a"));
      RawResponse refused = client.readResponse();
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text()).isEqualTo("no\n");
      assertThat(get(client).status()).isEqualTo(503);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answers408WhenTheHeadTrickles(Flavour flavour) throws Exception {
    Limits limits = Limits.defaults().toBuilder().headerTimeout(Duration.ofMillis(150)).build();
    try (ProxyRig rig = ProxyRig.start(flavour, new ToPeer(1), limits);
        Wire client = rig.connect()) {
      client.send("GET / HTT");
      assertThat(client.readResponse().status()).isEqualTo(408);
      client.expectGone();
    }
  }

  @ParameterizedTest
  @EnumSource
  void answers408ToAnHttp2PrefaceThatStops(Flavour flavour) throws Exception {
    Limits limits = Limits.defaults().toBuilder().headerTimeout(Duration.ofMillis(150)).build();
    try (ProxyRig rig = ProxyRig.start(flavour, new ToPeer(1), limits);
        Wire client = rig.connect()) {
      client.send("PRI * HTT");
      assertThat(client.readResponse().status()).isEqualTo(408);
      client.expectGone();
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesAnIdleConnectionWithoutAWord(Flavour flavour) throws Exception {
    Limits limits = Limits.defaults().toBuilder().idleTimeout(Duration.ofMillis(150)).build();
    try (ProxyRig rig = ProxyRig.start(flavour, new ToPeer(1), limits);
        Wire client = rig.connect()) {
      client.expectClosed();
    }
  }

  @ParameterizedTest
  @EnumSource
  void answers413AboveTheContentLimit(Flavour flavour) throws Exception {
    Limits limits = Limits.defaults().toBuilder().requestContentBytes(10).build();
    ScriptedServer.Script sink = Wire::skipToGone;
    try (ScriptedServer origin = ScriptedServer.builder().otherwise(sink).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()), limits)) {
      try (Wire client = rig.connect()) {
        client.send(RawHttp.post("/", "more than ten octets"));
        assertThat(client.readResponse().status()).isEqualTo(413);
      }
      try (Wire client = rig.connect()) {
        client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("14\r\nmore than ten octets\r\n");
        assertThat(client.readResponse().status()).isEqualTo(413);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void answers413AboveTheLimitThatAFilterSet(Flavour flavour) throws Exception {
    ScriptedServer.Script sink = Wire::skipToGone;
    try (ScriptedServer origin = ScriptedServer.builder().otherwise(sink).tcp()) {
      ToPeer proxy =
          new ToPeer(origin.port()) {
            @Override
            public void requestFilter(Session session, Ctx context) {
              session.limits(session.limits().withRequestContentBytes(10));
            }
          };
      try (ProxyRig rig = ProxyRig.start(flavour, proxy)) {
        assertThat(rig.status(RawHttp.post("/", "more than ten octets"))).isEqualTo(413);
        String head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        String chunk = "14\r\nmore than ten octets\r\n";
        assertThat(rig.status(head + chunk)).isEqualTo(413);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverForwardsWhatIsAmbiguous(Flavour flavour) throws Exception {
    try (ScriptedServer origin = ScriptedServer.builder().tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()))) {
      for (String bad :
          new String[] {
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\nHost: a\n\n",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, \r\n\r\n",
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
          }) {
        try (Wire client = rig.connect()) {
          RawResponse response = client.send(bad).readResponse();
          assertThat(response.status()).as(bad).isEqualTo(400);
          assertThat(response.first("Connection")).as(bad).contains("close");
          client.expectGone();
        }
      }
      assertThat(origin.accepted()).isZero();
    }
  }

  private static void assertAnswer(
      Flavour flavour, ScriptedServer.Script script, int status, String logged) throws Exception {
    try (ScriptedServer origin = ScriptedServer.builder().next(script).tcp()) {
      ToPeer proxy = new ToPeer(origin.port());
      try (ProxyRig rig = ProxyRig.start(flavour, proxy);
          Wire client = rig.connect()) {
        assertThat(get(client).status()).isEqualTo(status);
        assertThat(proxy.logged.await(1)).containsExactly(status + " " + logged);
      }
    }
  }

  private static RawResponse get(Wire client) {
    return client.send(RawHttp.get("/")).readResponse();
  }

  /// A port that nobody listens on.
  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
