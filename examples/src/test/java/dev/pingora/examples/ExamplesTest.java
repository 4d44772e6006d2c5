// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/// Every example does what it says.
class ExamplesTest {
  private static int port(ListeningService service) {
    return ((InetSocketAddress) service.addresses().getFirst()).getPort();
  }

  private static void stop(Server server) {
    server.shutdown(Shutdown.FAST);
    server.awaitEnd();
  }

  private static int refusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  @Test
  void loadBalancerProxyDoesWhatItsPhasesSay() throws Exception {
    try (TestOrigin origin =
        TestOrigin.start(e -> e.respond(200, "Host: " + e.first("Host").orElse("-")))) {
      var upstreams =
          LoadBalancer.roundRobin("127.0.0.1:" + refusedPort(), "127.0.0.1:" + origin.port());
      Server server = Server.create(ServerConf.defaults());
      ListeningService service =
          server.addService(
              HttpProxyService.of(server.configuration(), new LoadBalancerProxy(upstreams))
                  .addTcp("127.0.0.1:0"));
      server.start();
      try (Wire client = ScriptedClient.tcp(port(service))) {
        RawResponse response = client.send(RawHttp.get("/")).readResponse();
        assertThat(response.text()).isEqualTo("Host: one.one.one.one");
        assertThat(response.first("X-Tries")).contains("1"); // the first backend refuses
        RawResponse refused = client.send(RawHttp.get("/private/x")).readResponse();
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).isEqualTo("no\n");
        assertThat(
                client
                    .send(RawHttp.get("/private", "Authorization: Bearer open-sesame"))
                    .readResponse()
                    .status())
            .isEqualTo(200);
      } finally {
        stop(server);
      }
    }
  }

  @Test
  void nobodyIsUpIs502AfterThreeTries() throws Exception {
    var upstreams = LoadBalancer.roundRobin("127.0.0.1:" + refusedPort());
    Server server = Server.create(ServerConf.defaults());
    ListeningService service =
        server.addService(
            HttpProxyService.of(server.configuration(), new LoadBalancerProxy(upstreams))
                .addTcp("127.0.0.1:0"));
    server.start();
    try (Wire client = ScriptedClient.tcp(port(service))) {
      assertThat(client.send(RawHttp.get("/")).readResponse().status()).isEqualTo(502);
    } finally {
      stop(server);
    }
  }

  @Test
  void twoServersAreEmbeddedInOneProgram() throws Exception {
    try (Embedded one = new Embedded("one");
        Embedded two = new Embedded("two")) {
      assertThat(one.port()).isNotEqualTo(two.port());
      assertThat(fetch(one.port())).isEqualTo("one");
      assertThat(fetch(two.port())).isEqualTo("two");
    }
  }

  private static String fetch(int port) {
    return Tool.run("curl", "-sSf", "http://127.0.0.1:" + port + "/").orFail().out();
  }

  @Test
  void bytesAreEchoedRequestsAnsweredAndTasksRun() throws Exception {
    WithoutProxy services = new WithoutProxy();
    Server server = Server.create(ServerConf.defaults());
    ListeningService echo = server.addService(services.echo().addTcp("127.0.0.1:0"));
    ListeningService hello = server.addService(services.hello().addTcp("127.0.0.1:0"));
    server.addService(services.refresh());
    server.start();
    try (Wire client = ScriptedClient.tcp(port(echo))) {
      client.send("one").expect("one").send("two").expect("two").halfClose().expectClosed();
      String url = "http://127.0.0.1:" + port(hello) + "/";
      assertThat(fetch(port(hello))).isEqualTo("hello\n");
      assertThat(Tool.run("curl", "-sSf", "--http2-prior-knowledge", url).orFail().out())
          .isEqualTo("hello\n");
      Eventually.holds("the task has run", () -> services.refreshed() == 1);
    } finally {
      stop(server);
    }
  }
}
