// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.listeners.ConnectionFilter;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestContent;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Services of every kind, over real sockets.
class ServicesTest {
  @TempDir private Path folder;

  /// A server with one service.
  private record Running(Server server, ListeningService service) implements AutoCloseable {
    static Running start(ListeningService service) throws Exception {
      return start(ServerConf.defaults(), service);
    }

    static Running start(ServerConf conf, ListeningService service) throws Exception {
      Server server = Server.create(conf.toBuilder().threads(1).build());
      server.addService(service);
      server.start();
      return new Running(server, service);
    }

    int port() {
      return ((InetSocketAddress) service.addresses().getFirst()).getPort();
    }

    Wire connect() {
      return ScriptedClient.tcp(port());
    }

    @Override
    public void close() {
      server.shutdown(Shutdown.FAST);
      server.awaitEnd();
    }
  }

  private static ListeningService echo() {
    return ListeningService.tcp(
        "echo",
        (stream, _) -> {
          ByteBuffer buffer = ByteBuffer.allocate(8192);
          while (stream.read(buffer) >= 0) {
            buffer.flip();
            stream.write(buffer);
            buffer.clear();
          }
        });
  }

  // --- bytes ---

  @Test
  void streamServiceEchoesUntilTheClientEnds() throws Exception {
    try (Running running = Running.start(echo().addTcp("127.0.0.1:0"));
        Wire client = running.connect()) {
      client.send("hello").expect("hello");
      client.sendContent(100_000).expectContent(100_000);
      client.halfClose().expectClosed();
      Eventually.holds("it is counted out", () -> running.service().connectionCount() == 0);
    }
  }

  @Test
  void appThatThrowsClosesItsConnectionOnly() throws Exception {
    ListeningService service =
        ListeningService.tcp(
                "throwing",
                (stream, _) -> {
                  ByteBuffer one = ByteBuffer.allocate(1);
                  var _ = stream.read(one);
                  if (one.get(0) == 'x') {
                    throw new IllegalStateException("as asked");
                  }
                  stream.write(one.flip());
                })
            .addTcp("127.0.0.1:0");
    try (Running running = Running.start(service);
        Wire bad = running.connect();
        Wire good = running.connect()) {
      bad.send("x").expectGone();
      good.send("g").expect("g").expectClosed();
    }
  }

  // --- HTTP ---

  private static ListeningService answers() {
    return HttpServerService.of(
            "answers",
            (request, response) -> {
              switch (request.path()) {
                case "/hello" -> response.respond(200, "text/plain", "hello\n");
                case "/echo" -> response.respond(200, "text/plain", request.all(1 << 20));
                case "/pieces" -> {
                  response.header(ResponseHeader.of(103).set("Link", "</a>"));
                  response.header(ResponseHeader.of(200));
                  response.write(ByteBuffer.wrap(TestContent.of(100_000)));
                  response.flush();
                  Fields trailers = Fields.empty();
                  trailers.add("X-Sum", "1");
                  response.end(trailers);
                }
                case "/read" -> {
                  ByteBuffer buffer = ByteBuffer.allocate(1000);
                  int count = 0;
                  for (int n = request.read(buffer); n >= 0; n = request.read(buffer.clear())) {
                    count += n;
                  }
                  response.respond(200, "text/plain", Integer.toString(count));
                }
                case "/fails" -> throw new IllegalStateException("as asked");
                case "/teapot" -> throw ProxyException.of(ErrorKind.status(418), "no coffee here");
                case "/late" -> {
                  response.header(ResponseHeader.of(200).contentLength(10));
                  throw new IllegalStateException("in the middle");
                }
                case "/offload" ->
                    response.respond(
                        200,
                        "text/plain",
                        request.offload(() -> "virtual: " + Thread.currentThread().isVirtual()));
                default -> {} // no response
              }
            })
        .addTcp("127.0.0.1:0");
  }

  @Test
  void handlerAnswersAtOnceOrPieceByPiece() throws Exception {
    try (Running running = Running.start(answers());
        Wire client = running.connect()) {
      RawResponse hello = client.send(RawHttp.get("/hello")).readResponse();
      assertThat(hello.text()).isEqualTo("hello\n");
      assertThat(hello.first("Content-Type")).contains("text/plain");
      assertThat(client.send(RawHttp.post("/echo", "abc")).readResponse().text()).isEqualTo("abc");
      RawResponse pieces = client.send(RawHttp.get("/pieces")).readResponse();
      assertThat(pieces.informational()).hasSize(1);
      assertThat(pieces.text().getBytes(StandardCharsets.ISO_8859_1))
          .isEqualTo(TestContent.of(100_000));
      assertThat(pieces.toString()).contains("X-Sum: 1");
      client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readResponse("HEAD").first("Content-Length")).contains("6");
      client.send(RawHttp.head("POST /read HTTP/1.1", "Host: x", "Content-Length: 5000"));
      client.sendContent(5000);
      assertThat(client.readResponse().text()).isEqualTo("5000");
      assertThat(client.send(RawHttp.get("/offload")).readResponse().text())
          .isEqualTo("virtual: false");
    }
  }

  @Test
  void handlerThatFailsIsAnsweredForIt() throws Exception {
    try (Running running = Running.start(answers());
        Wire client = running.connect()) {
      assertThat(client.send(RawHttp.get("/fails")).readResponse().status()).isEqualTo(500);
      assertThat(client.send(RawHttp.get("/teapot")).readResponse().status()).isEqualTo(418);
      assertThat(client.send(RawHttp.get("/silent")).readResponse().status()).isEqualTo(500);
      client.send(RawHttp.head("CONNECT a:1 HTTP/1.1", "Host: a:1"));
      assertThat(client.readResponse("CONNECT").status()).isEqualTo(405);
      client.expectClosed();
    }
    try (Running running = Running.start(answers());
        Wire client = running.connect()) {
      client.send(RawHttp.get("/late")).readHead();
      client.expectGone(); // an incomplete response must be seen to be one
    }
  }

  @Test
  void handlerReadsAfter100ContinueAndWithinItsLimit() throws Exception {
    try (Running running = Running.start(answers());
        Wire client = running.connect()) {
      client.send(
          RawHttp.head(
              "POST /echo HTTP/1.1", "Host: x", "Content-Length: 2", "Expect: 100-continue"));
      assertThat(client.readHead()).startsWith("HTTP/1.1 100 ");
      assertThat(client.send("ok").readResponse().text()).isEqualTo("ok");
      long large = (1 << 20) + 1;
      client.send(RawHttp.head("POST /echo HTTP/1.1", "Host: x", "Content-Length: " + large));
      client.sendContent(large);
      assertThat(client.readResponse().status()).isEqualTo(413);
    }
  }

  @Test
  void handlerServesBothVersionsOfTheProtocol() throws Exception {
    try (Running running = Running.start(answers())) {
      String url = "http://127.0.0.1:" + running.port();
      for (String version : new String[] {"--http1.0", "--http1.1", "--http2-prior-knowledge"}) {
        assertThat(Tool.run("curl", "-sSf", version, url + "/hello").orFail().out())
            .isEqualTo("hello\n");
        assertThat(Tool.run("curl", "-sSf", version, "-d", "x=1", url + "/echo").orFail().out())
            .isEqualTo("x=1");
        assertThat(
                Tool.run(
                        "curl",
                        "-s",
                        version,
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code}",
                        url + "/fails")
                    .out())
            .isEqualTo("500");
      }
    }
  }

  // --- listeners ---

  @Test
  void addressInUseIsOneReadableFailure() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThatThrownBy(() -> Running.start(echo().addTcp(address)))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BIND_ERROR))
          .hasMessageContaining(address);
    }
  }

  @Test
  void unixSocketHasItsModeAndIsTakenAway() throws Exception {
    Path socket = folder.resolve("echo.sock");
    try (Running _ = Running.start(echo().addUds(socket.toString(), 0620))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw--w----");
      try (Wire client = ScriptedClient.unix(socket)) {
        client.send("u").expect("u");
      }
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void unixSocketOfADeadServerIsReplacedAndOfALiveOneIsNot() throws Exception {
    Path socket = folder.resolve("echo.sock");
    try (var dead =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      dead.bind(java.net.UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    try (Running _ = Running.start(echo().addUds(socket.toString(), 0600))) {
      assertThatThrownBy(() -> Running.start(echo().addUds(socket.toString(), 0600)))
          .isInstanceOf(ProxyException.class)
          .hasMessageContaining("address in use");
      try (Wire client = ScriptedClient.unix(socket)) {
        client.send("alive").expect("alive");
      }
    }
  }

  @Test
  void fileThatIsNoSocketIsLeftAlone() throws Exception {
    Path precious = Files.writeString(folder.resolve("precious"), "data");
    assertThatThrownBy(() -> Running.start(echo().addUds(precious.toString(), 0600)))
        .isInstanceOf(ProxyException.class)
        .hasMessageContaining("unix:" + precious)
        .hasMessageContaining("no socket");
    assertThat(precious).hasContent("data");
  }

  @Test
  void acceptingPausesAtMaxConnectionsAndGoesOn() throws Exception {
    ServerConf conf = ServerConf.defaults().toBuilder().maxConnections(2).build();
    try (Running running = Running.start(conf, echo().addTcp("127.0.0.1:0"))) {
      Wire waiting;
      try (Wire a = running.connect();
          Wire b = running.connect()) {
        a.send("a").expect("a");
        b.send("b").expect("b");
        waiting = running.connect();
        waiting.send("w").expectNothingYet(); // in the kernel's queue
        assertThat(running.service().connectionCount()).isEqualTo(2);
      }
      try (waiting) {
        waiting.expect("w");
      }
    }
  }

  @Test
  void filterRefusesBeforeAnythingIsRead() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    List<SocketAddress> seen = new CopyOnWriteArrayList<>();
    ConnectionFilter onlyOne =
        new ConnectionFilter() {
          @Override
          public boolean accepts(SocketAddress peer) {
            return seen.add(peer) && seen.size() == 1;
          }

          @Override
          public void closed(SocketAddress peer) {
            closed.incrementAndGet();
          }
        };
    try (Running running = Running.start(echo().connectionFilter(onlyOne).addTcp("127.0.0.1:0"))) {
      try (Wire first = running.connect();
          Wire second = running.connect()) {
        first.send("1").expect("1");
        second.expectGone();
        assertThat(seen).containsExactly(first.localAddress(), second.localAddress());
        assertThat(closed).hasValue(0);
      }
      Eventually.holds("the accepted one is told", () -> closed.get() == 1);
    }
  }

  // --- in the background ---

  @Test
  void backgroundServiceRunsOnceAndHearsOfTheEnd() throws Exception {
    Gate begun = new Gate("the task runs");
    Gate ended = new Gate("the task ends");
    Server server = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    server.addService(
        BackgroundService.of(
            "wait",
            shutdown -> {
              assertThat(Thread.currentThread().isVirtual()).isTrue();
              assertThat(Thread.currentThread().getName()).isEqualTo("background-wait");
              begun.open();
              shutdown.await();
              ended.open();
            }));
    server.start();
    begun.await();
    assertThat(ended.isOpen()).isFalse();
    server.shutdown(Shutdown.GRACEFUL);
    ended.await();
    server.awaitEnd();
  }

  @Test
  void periodicServiceGoesOnAfterAFailure() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Server server = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    server.addService(
        BackgroundService.every(
            "often",
            Duration.ofMillis(1),
            _ -> {
              if (runs.incrementAndGet() == 2) {
                throw new IllegalStateException("once");
              }
            }));
    server.start();
    Eventually.holds("it runs again and again", () -> runs.get() > 5);
    server.shutdown(Shutdown.FAST);
    server.awaitEnd();
  }

  @Test
  void taskThatWaitsElsewhereIsInterruptedAtTheEnd() throws Exception {
    Gate begun = new Gate("the task runs");
    Gate interrupted = new Gate("the task is interrupted");
    Server server = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    server.addService(
        BackgroundService.of(
            "deaf",
            _ -> {
              begun.open();
              try {
                new java.util.concurrent.CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.open();
                throw e;
              }
            }));
    server.start();
    begun.await();
    server.shutdown(Shutdown.FAST);
    server.awaitEnd();
    interrupted.await();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void periodMustBeAboveZero(long millis) {
    assertThatThrownBy(() -> BackgroundService.every("never", Duration.ofMillis(millis), _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never");
  }
}
