// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The bounds of connections and requests, as the configuration sets them.
class LimitsEndToEndTest {
  private static GatewayRig rig(int origin, String listenerKeys, String limits) throws Exception {
    return GatewayRig.start(
        """
        threads: 1
        limits: { %s }
        listeners:
          - address: 127.0.0.1:0
            %s
        upstreams:
          app: { servers: ["127.0.0.1:%d"] }
        routes:
          - upstream: app
        """
            .formatted(limits, listenerKeys, origin));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "request_line: 256; 300; 10; 414",
        "header_section: 512; 10; 700; 431",
        "header_fields: 4; 10; -5; 431",
      })
  void headsOverTheirLimitAreRefused(String limit, int path, int field, int status)
      throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), "mode: '0660'", limit)) {
      try (Wire client = rig.connect()) {
        assertThat(client.send(RawHttp.get("/ok")).readResponse().status()).isEqualTo(200);
        String target = "/" + "p".repeat(path);
        String[] fields =
            field > 0
                ? new String[] {"X: " + "v".repeat(field)}
                : "X: 1,X: 2,X: 3,X: 4,X: 5".split(",", -1);
        RawResponse response = client.send(RawHttp.get(target, fields)).readResponse();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.first("Connection")).contains("close");
        client.expectClosed();
      }
      assertThat(origin.requests()).isEqualTo(1);
    }
  }

  @Test
  void contentOverItsLimitIs413() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), "mode: '0660'", "request_content: 100")) {
      try (Wire client = rig.connect()) {
        String most = "x".repeat(100);
        assertThat(client.send(RawHttp.post("/echo", most)).readResponse().text()).isEqualTo(most);
        client.send(RawHttp.head("POST /echo HTTP/1.1", "Host: x", "Content-Length: 101"));
        assertThat(client.readResponse().status()).isEqualTo(413); // announced
        client.expectClosed();
      }
      try (Wire client = rig.connect()) {
        // An origin that answers when it has read everything: an earlier answer would win.
        client.send(RawHttp.head("POST /count HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"));
        client.send("64\r\n" + "x".repeat(100) + "\r\n1\r\nx\r\n0\r\n\r\n");
        assertThat(client.readResponse().status()).isEqualTo(413); // counted
      }
    }
  }

  @Test
  void slowHeadIs408AndIdleConnectionsClose() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig =
            rig(origin.port(), "mode: '0660'", "header_timeout: 50ms, idle_timeout: 100ms")) {
      try (Wire client = rig.connect()) {
        client.send("GET / HTTP/1.1\r\nHost: x\r\n");
        assertThat(client.readResponse().status()).isEqualTo(408);
        client.expectClosed();
      }
      try (Wire client = rig.connect()) {
        client.expectClosed(); // never said a word
      }
      try (Wire client = rig.connect()) {
        assertThat(client.send(RawHttp.get("/a")).readResponse().status()).isEqualTo(200);
        client.expectClosed();
      }
    }
  }

  @Test
  void slowContentIs408() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), "mode: '0660'", "content_timeout: 50ms");
        Wire client = rig.connect()) {
      client.send(RawHttp.head("POST /count HTTP/1.1", "Host: x", "Content-Length: 10"));
      assertThat(client.readResponse().status()).isEqualTo(408);
      client.expectClosed();
    }
  }

  @Test
  void connectionClosesAfterItsShareOfRequests() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), "mode: '0660'", "requests_per_connection: 2");
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get("/")).readResponse().has("Connection")).isFalse();
      assertThat(client.send(RawHttp.get("/")).readResponse().first("Connection"))
          .contains("close");
      client.expectClosed();
    }
  }

  @Test
  void listenersOwnLimitsReplaceThoseOfTheFile() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig =
            rig(origin.port(), "limits: { request_content: 5 }", "request_content: 3");
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.post("/echo", "12345")).readResponse().status())
          .isEqualTo(200);
      assertThat(client.send(RawHttp.post("/echo", "123456")).readResponse().status())
          .isEqualTo(413);
    }
  }

  @ParameterizedTest
  @CsvSource({"max", "per_client"})
  void connectionsAboveTheirNumberAreClosedUnheard(String bound) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), "connections: { " + bound + ": 2 }", "")) {
      try (Wire a = rig.connect();
          Wire b = rig.connect()) {
        assertThat(a.send(RawHttp.get("/")).readResponse().status()).isEqualTo(200);
        assertThat(b.send(RawHttp.get("/")).readResponse().status()).isEqualTo(200);
        assertRefused(rig);
      }
      // Both have left: there is room again.
      Eventually.holds(
          "a connection is served",
          () -> {
            try (Wire d = rig.connect()) {
              return d.send(RawHttp.get("/")).readResponse().status() == 200;
            } catch (AssertionError e) {
              return false;
            }
          });
    }
  }

  private static void assertRefused(GatewayRig rig) {
    try (Wire client = rig.connect()) {
      client.expectGone();
    }
  }

  @Test
  void clientsAreRated() throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), "connections: { rate_per_client: 1 }", "")) {
      int served = 0;
      for (int i = 0; i < 20; i++) {
        try (Wire client = rig.connect()) {
          served += client.send(RawHttp.get("/")).readResponse().status() == 200 ? 1 : 0;
        } catch (AssertionError e) {
          // closed unheard
        }
      }
      assertThat(served).isBetween(1, 5); // twenty connects take less than five seconds
    }
  }

  @ParameterizedTest
  @CsvSource({
    "allow: [127.0.0.0/8], true",
    "allow: [10.0.0.0/8], false",
    "deny: [127.0.0.1], false",
    "deny: [10.0.0.0/8], true",
    "'allow: [127.0.0.0/8]\n    deny: [127.0.0.1]', false"
  })
  void addressesAreAllowedAndDenied(String keys, boolean served) throws Exception {
    try (TestOrigin origin = TestOrigin.start();
        GatewayRig rig = rig(origin.port(), keys, "");
        Wire client = rig.connect()) {
      if (served) {
        assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(200);
      } else {
        client.expectGone();
      }
    }
  }
}
