// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How many requests find a connection that stands: 99.9 % and more under steady load, whatever the
/// number of loops, as counted by the origin.
class ReuseRatioTest {
  private static final int CLIENTS = 16;
  private static final int REQUESTS_EACH = 250;
  private static final double MIN_RATIO = 0.999;

  @ParameterizedTest
  @CsvSource({"1, false", "4, false", "1, true", "4, true"})
  void steadyLoadReusesConnections(int loops, boolean stealing) throws Exception {
    CyclicBarrier together = new CyclicBarrier(CLIENTS);
    TestOrigin.Handler handler =
        exchange -> {
          if (exchange.target().equals("/warm")) { // so that each needs a connection of its own
            together.await(Gate.PATIENCE.toSeconds(), TimeUnit.SECONDS);
          }
          TestOrigin.standard(exchange);
        };
    try (TestOrigin origin = TestOrigin.start(handler)) {
      ServerConf conf =
          ServerConf.defaults().toBuilder().threads(loops).workStealing(stealing).build();
      Server server = Server.create(conf);
      ListeningService service =
          server.addService(
              HttpProxyService.of(conf, new ToPeer(origin.port())).addTcp("127.0.0.1:0"));
      server.start();
      try {
        int port = ((InetSocketAddress) service.addresses().getFirst()).getPort();
        Gate steady = new Gate("all connections stand");
        CyclicBarrier warm = new CyclicBarrier(CLIENTS, steady::open);
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          clients.add(
              CompletableFuture.runAsync(
                  () -> load(port, warm), r -> Thread.ofPlatform().start(r)));
        }
        steady.await();
        int before = origin.connections();
        for (CompletableFuture<Void> client : clients) {
          client.get(2 * Gate.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        int connects = origin.connections() - before;
        double ratio = 1 - (double) connects / (CLIENTS * REQUESTS_EACH);
        assertThat(ratio).as("%s connects", connects).isGreaterThanOrEqualTo(MIN_RATIO);
        assertThat(origin.requests()).isEqualTo(CLIENTS * (REQUESTS_EACH + 1L));
      } finally {
        server.shutdown(Shutdown.FAST);
        server.awaitEnd();
      }
    }
  }

  private static void load(int port, CyclicBarrier warm) {
    try (Wire client = ScriptedClient.tcp(port)) {
      assertThat(client.send(RawHttp.get("/warm")).readResponse().status()).isEqualTo(200);
      warm.await(Gate.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      for (int i = 0; i < REQUESTS_EACH; i++) {
        assertThat(client.send(RawHttp.get("/a")).readResponse().text()).isEqualTo("/a");
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
