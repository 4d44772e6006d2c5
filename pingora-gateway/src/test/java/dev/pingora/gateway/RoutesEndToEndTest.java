// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which route answers, and what it does, over real sockets.
class RoutesEndToEndTest {
  private static final String ROUTES =
      """
      routes:
        - match: { host: a.example, path: / }
          respond: { body: exact host }
        - match: { host: "*.example", path: / }
          respond: { body: suffix }
        - match: { host: "*.b.example", path: / }
          respond: { body: longer suffix }
        - respond: { body: any }
        - match: { path: /api }
          respond: { body: api }
        - match: { path: /api/v1 }
          respond: { body: v1 }
        - match: { path: "= /api/v1/only" }
          respond: { body: only }
        - match: { path: /methods, methods: [PUT] }
          respond: { status: 201, body: put }
        - match: { path: /headers, headers: { X-Version: "2" } }
          respond: { body: version two }
        - match: { path: /headers, headers: { X-Version: "*" } }
          respond: { body: some version }
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "a.example, /, exact host",
    "A.Example, /x, exact host",
    "a.example:8080, /, exact host",
    "a.example., /, exact host",
    "c.example, /, suffix",
    "a.b.example, /, longer suffix",
    "example, /, any",
    "other.org, /, any",
    "other.org, /api, api",
    "other.org, /api/, api",
    "other.org, /apis, any",
    "other.org, /api/v1, v1",
    "other.org, /api/v1/x?y=/z, v1",
    "other.org, /api/v2, api",
    "other.org, /api/v1/only, only",
    "other.org, /api/v1/only/x, v1",
    "other.org, /api//v1/x, v1",
    "other.org, /x/../api/v1, v1",
    "other.org, /%61pi/v1, v1",
    "other.org, /methods, any",
    "other.org, /headers, any"
  })
  void mostSpecificRouteAnswers(String host, String target, String answer) throws Exception {
    try (GatewayRig rig = GatewayRig.with(ROUTES);
        Wire client = rig.connect()) {
      client.send(RawHttp.head("GET " + target + " HTTP/1.1", "Host: " + host));
      assertThat(client.readResponse().text()).isEqualTo(answer);
    }
  }

  @Test
  void methodAndHeadersNarrowARoute() throws Exception {
    try (GatewayRig rig = GatewayRig.with(ROUTES);
        Wire client = rig.connect()) {
      client.send(RawHttp.head("PUT /methods HTTP/1.1", "Host: x", "Content-Length: 0"));
      RawResponse put = client.readResponse();
      assertThat(put.status()).isEqualTo(201);
      assertThat(put.text()).isEqualTo("put");
      assertThat(client.send(RawHttp.get("/headers", "X-Version: 2")).readResponse().text())
          .isEqualTo("version two");
      assertThat(client.send(RawHttp.get("/headers", "X-Version: 3")).readResponse().text())
          .isEqualTo("some version");
    }
  }

  @Test
  void whatNoRouteTakesIs404() throws Exception {
    try (GatewayRig rig =
            GatewayRig.with("routes: [{ match: { path: /a }, respond: { body: a } }]\n");
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get("/b")).readResponse().status()).isEqualTo(404);
      assertThat(client.send(RawHttp.get("/a")).readResponse().text()).isEqualTo("a");
    }
  }

  @Test
  void respondHasStatusTypeAndTheRoutesResponseHeaders() throws Exception {
    String routes =
        """
        routes:
          - respond: { status: 503, content_type: application/json, body: "{}" }
            response_headers: { set: { Retry-After: "5" }, add: { X-A: "1" } }
          - match: { path: /empty }
            respond: { status: 204 }
        """;
    try (GatewayRig rig = GatewayRig.with(routes);
        Wire client = rig.connect()) {
      RawResponse response = client.send(RawHttp.get("/")).readResponse();
      assertThat(response.status()).isEqualTo(503);
      assertThat(response.first("Content-Type")).contains("application/json");
      assertThat(response.first("Content-Length")).contains("2");
      assertThat(response.first("Retry-After")).contains("5");
      assertThat(response.first("X-A")).contains("1");
      assertThat(response.has("Date")).isTrue();
      client.send(RawHttp.head("HEAD / HTTP/1.1", "Host: x"));
      RawResponse head = client.readResponse("HEAD");
      assertThat(head.first("Content-Length")).contains("2");
      assertThat(head.text()).isEmpty();
      RawResponse empty = client.send(RawHttp.get("/empty")).readResponse();
      assertThat(empty.status()).isEqualTo(204);
      assertThat(empty.has("Content-Type")).isFalse();
      assertThat(empty.has("Content-Length")).isFalse();
    }
  }

  @Test
  void respondSendsAFileAsItWasAtStart() throws Exception {
    Path file = Files.writeString(folder.resolve("page.html"), "<p>one</p>");
    String routes =
        "routes: [{ respond: { content_type: text/html, file: \"%s\" } }]\n".formatted(file);
    try (GatewayRig rig = GatewayRig.with(routes);
        Wire client = rig.connect()) {
      Files.writeString(file, "<p>two</p>");
      assertThat(client.send(RawHttp.get("/")).readResponse().text()).isEqualTo("<p>one</p>");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://${host}${target}, http://h.example:99/a/b?c=d, https://h.example/a/b?c=d",
    "https://${authority}/new, /a, https://h.example:99/new",
    "'${scheme}://${host}${path}', /a%2Fb/../c?x, http://h.example/c",
    "/login, /a, /login"
  })
  void redirectNamesThePlace(String location, String target, String expected) throws Exception {
    String routes =
        "routes: [{ redirect: { status: 307, location: \"%s\" } }]\n"
            .formatted(location.replace("${", "$${"));
    try (GatewayRig rig = GatewayRig.with(routes);
        Wire client = rig.connect()) {
      client.send(RawHttp.head("GET " + target + " HTTP/1.1", "Host: h.example:99"));
      RawResponse response = client.readResponse();
      assertThat(response.status()).isEqualTo(307);
      assertThat(response.first("Location")).contains(expected);
    }
  }

  @Test
  void requestAndResponseHeadersAreEdited() throws Exception {
    try (TestOrigin origin =
            TestOrigin.start(exchange -> {
              assertThat(exchange.first("X-Set")).contains("new");
              assertThat(exchange.fields().stream().filter(f -> f.name().equals("X-Add")).count())
                  .isEqualTo(2);
              assertThat(exchange.first("X-Gone")).isEmpty();
              exchange.respond(200, "ok", "Server: origin", "X-Powered-By: x", "X-Kept: 1");
            });
        GatewayRig rig =
            GatewayRig.with(
                """
                upstreams:
                  app: { servers: ["127.0.0.1:%d"] }
                routes:
                  - upstream: app
                    request_headers: { set: { x-set: new }, add: { X-Add: b }, remove: [x-gone] }
                    response_headers: { set: { Server: pingora }, remove: [X-Powered-By] }
                """
                    .formatted(origin.port()));
        Wire client = rig.connect()) {
      client.send(RawHttp.get("/", "X-Set: old", "X-Set: older", "X-Add: a", "X-Gone: 1"));
      RawResponse response = client.readResponse();
      assertThat(origin.failures().all()).isEmpty();
      assertThat(response.text()).isEqualTo("ok");
      assertThat(response.first("Server")).contains("pingora");
      assertThat(response.has("X-Powered-By")).isFalse();
      assertThat(response.first("X-Kept")).contains("1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rewrite: { prefix: /api; to: / }, /api/x?y=1, GET /x?y=1 HTTP/1.1",
    "rewrite: { prefix: /api; to: / }, /api, GET / HTTP/1.1",
    "rewrite: { prefix: /api; to: /v1 }, /api//x/../y, GET /v1/y HTTP/1.1",
    "timeout: 0s, /api//x/../y, GET /api//x/../y HTTP/1.1"
  })
  void pathIsRewrittenOrForwardedAsItCame(String key, String target, String line) throws Exception {
    try (TestOrigin origin = TestOrigin.start(e -> e.respond(200, e.requestLine()));
        GatewayRig rig =
            GatewayRig.with(
                """
                upstreams:
                  app: { servers: ["127.0.0.1:%d"] }
                routes:
                  - match: { path: /api }
                    upstream: app
                    %s
                """
                    .formatted(origin.port(), key.replace(';', ',')));
        Wire client = rig.connect()) {
      assertThat(client.send(RawHttp.get(target)).readResponse().text()).isEqualTo(line);
    }
  }

  @Test
  void hostIsKeptReplacedOrThatOfTheUpstream() throws Exception {
    try (TestOrigin origin = TestOrigin.start(e -> e.respond(200, e.first("Host").orElse("none")));
        GatewayRig rig =
            GatewayRig.with(
                """
                upstreams:
                  app: { servers: ["127.0.0.1:%d"] }
                routes:
                  - upstream: app
                  - { match: { path: /up }, upstream: app, host: upstream }
                  - { match: { path: /lit }, upstream: app, host: "app.internal:8080" }
                """
                    .formatted(origin.port()));
        Wire client = rig.connect()) {
      assertThat(host(client, "/")).isEqualTo("client.example:1");
      assertThat(host(client, "/up")).isEqualTo("127.0.0.1:" + origin.port());
      assertThat(host(client, "/lit")).isEqualTo("app.internal:8080");
    }
  }

  private static String host(Wire client, String path) {
    client.send(RawHttp.head("GET " + path + " HTTP/1.1", "Host: client.example:1"));
    return client.readResponse().text();
  }
}
