// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.proxy.ProxyRig.Flavour;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.TestContent;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What passes through a proxy, both ways, over real sockets.
@SuppressWarnings("StringConcatToTextBlock") // CRLF
class RelayTest {
  @ParameterizedTest
  @EnumSource
  void relaysRequestsOfOneConnectionInOrder(Flavour flavour) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(port(origin)));
        Wire client = rig.connect()) {
      for (int i = 0; i < 3; i++) {
        RawResponse response = client.send(RawHttp.get("/a" + i)).readResponse();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("/a" + i);
        assertThat(response.first("Via")).contains("1.1 pingora");
      }
      assertThat(origin.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersPipelinedRequestsInOrder(Flavour flavour) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(port(origin)));
        Wire client = rig.connect()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        all.append(RawHttp.get("/p" + i));
      }
      client.send(all.toString());
      for (int i = 0; i < 20; i++) {
        assertThat(client.readResponse().text()).isEqualTo("/p" + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void relaysContentOfEverySizeBothWays(Flavour flavour) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(port(origin)));
        Wire client = rig.connect()) {
      for (int size : new int[] {0, 1, 4095, 4096, 65535, 65536, 65537, 1 << 20}) {
        byte[] content = TestContent.of(size);
        client.send(RawHttp.head("POST /echo HTTP/1.1", "Host: x", "Content-Length: " + size));
        client.send(content);
        RawResponse response = client.readResponse();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(content);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void relaysChunkedContentAndItsTrailers(Flavour flavour) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          assertThat(wire.readRequest().text()).isEqualTo("hello world");
          wire.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                  + "3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Sum: 7\r\nContent-Length: 99\r\n\r\n");
          wire.readToEnd();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(script).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
              + RawHttp.chunked("hello", " ", "world"));
      RawResponse response = client.readResponse();
      assertThat(response.text()).isEqualTo("abcdefg");
      assertThat(response.toString()).contains("X-Sum: 7").doesNotContain("Content-Length");
    }
  }

  @ParameterizedTest
  @EnumSource
  void stripsHopByHopFieldsAndWhatConnectionNominates(Flavour flavour) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          String head = wire.readHead();
          assertThat(head)
              .contains("X-Keep: 1")
              .contains("Host: test")
              .doesNotContain("X-Hop")
              .doesNotContain("Keep-Alive")
              .doesNotContain("Proxy-Connection");
          wire.send(
              RawHttp.response(200, "ok", "Connection: X-Secret", "X-Secret: 1", "X-Shown: 1"));
          wire.readToEnd();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(script).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      client.send(
          RawHttp.get(
              "/",
              "Connection: X-Hop, keep-alive, Host",
              "X-Hop: 1",
              "X-Keep: 1",
              "Keep-Alive: timeout=5",
              "Proxy-Connection: close"));
      RawResponse response = client.readResponse();
      assertThat(response.has("X-Secret")).isFalse();
      assertThat(response.first("X-Shown")).contains("1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersHeadWithoutContentAndKeepsTheConnection(Flavour flavour) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(port(origin)));
        Wire client = rig.connect()) {
      client.send("HEAD /bytes/100 HTTP/1.1\r\nHost: x\r\n\r\n");
      RawResponse response = client.readResponse("HEAD");
      assertThat(response.first("Content-Length")).contains("100");
      assertThat(client.send(RawHttp.get("/next")).readResponse().text()).isEqualTo("/next");
    }
  }

  @ParameterizedTest
  @EnumSource
  void framesContentThatEndsWithTheConnectionAnew(Flavour flavour) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(port(origin)));
        Wire client = rig.connect()) {
      RawResponse response = client.send(RawHttp.get("/close/100000")).readResponse();
      assertThat(response.first("Transfer-Encoding")).contains("chunked");
      assertThat(response.text()).hasSize(100_000);
      assertThat(client.send(RawHttp.get("/b")).readResponse().text()).isEqualTo("/b");
    }
  }

  @ParameterizedTest
  @EnumSource
  void speaksHttp10ToOldClients(Flavour flavour) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(port(origin)));
        Wire client = rig.connect()) {
      client.send("GET /chunked/5000 HTTP/1.0\r\n\r\n");
      String all = new String(client.readToEnd(), StandardCharsets.ISO_8859_1);
      assertThat(all).startsWith("HTTP/1.1 200").contains("Connection: close");
      assertThat(all).doesNotContain("Transfer-Encoding");
      assertThat(all.substring(all.indexOf("\r\n\r\n") + 4)).hasSize(5000);
    }
  }

  @ParameterizedTest
  @EnumSource
  void relaysInterimResponsesAndExpectations(Flavour flavour) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          assertThat(wire.readHead()).contains("Expect: 100-continue");
          wire.send("HTTP/1.1 100 Continue\r\n\r\n");
          wire.expect("hello");
          wire.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
          wire.send(RawHttp.response(200, "done"));
          wire.readToEnd();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(script).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      client.send(
          RawHttp.head("POST / HTTP/1.1", "Host: x", "Content-Length: 5", "Expect: 100-continue"));
      assertThat(client.readHead()).startsWith("HTTP/1.1 100 ");
      client.send("hello");
      assertThat(client.readHead()).startsWith("HTTP/1.1 103 ").contains("Link: </a>");
      assertThat(client.readResponse().text()).isEqualTo("done");
    }
  }

  @ParameterizedTest
  @EnumSource
  void switchesProtocolsAndBecomesATunnel(Flavour flavour) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          assertThat(wire.readHead()).contains("Upgrade: echo").contains("Connection: ");
          wire.send(
              "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhi");
          wire.expect("\0raw\r\n");
          wire.send("\1answer");
          wire.close();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(script).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      client.send(RawHttp.get("/", "Connection: Upgrade", "Upgrade: echo"));
      assertThat(client.readHead()).startsWith("HTTP/1.1 101 ").contains("Upgrade: echo");
      client.expect("hi");
      client.send("\0raw\r\n");
      client.expect("\1answer");
      client.expectClosed();
      origin.awaitScripts();
    }
  }

  @ParameterizedTest
  @EnumSource
  void forwardsAnEarlyResponseAndClosesWhenMuchIsUnread(Flavour flavour) throws Exception {
    ScriptedServer.Script script =
        wire -> {
          wire.readHead();
          wire.send(RawHttp.response(413, "too much"));
          wire.readToEnd();
        };
    try (ScriptedServer origin = ScriptedServer.builder().next(script).tcp();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()));
        Wire client = rig.connect()) {
      client.send(RawHttp.head("POST / HTTP/1.1", "Host: x", "Content-Length: 100000000"));
      RawResponse response = client.readResponse();
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.first("Connection")).contains("close");
      client.expectGone();
    }
  }

  private static int port(TestOrigin origin) {
    return origin.port();
  }
}
