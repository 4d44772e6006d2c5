// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.http.ResponseHeader;
import dev.pingora.runtime.Connection;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.Wire;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client has sent finds no buffer, for as long as one connection has them all: the client
/// is told soon, long before it would be too late for its head.
final class BufferWantTest {
  private static final long BUDGET = 1 << 20;

  /// So many that none of their loops keeps a free buffer for itself.
  private static final int THREADS = 16;

  /// Takes the whole budget when the first connection goes to rest.
  private static final class Hog implements HttpServerApp {
    private final Gate full = new Gate("all buffers are taken");

    @Override
    public void process(DownstreamSession session) throws Exception {
      session.sendResponse(ResponseHeader.of(200), true);
    }

    @Override
    public void onIdle(Connection connection) {
      connection.hold(2 * BUDGET);
      full.open();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void headsThatFindNoBufferAreRefusedSoon(boolean stealing) throws Exception {
    ServerConf conf =
        ServerConf.defaults().toBuilder().threads(THREADS).workStealing(stealing).build();
    Limits limits =
        Limits.defaults().toBuilder()
            .bufferedBytes(BUDGET)
            .headerTimeout(Duration.ofMinutes(10))
            .build();
    Hog hog = new Hog();
    Server server = Server.create(conf, limits);
    ListeningService service =
        ListeningService.http("rig", hog).limits(limits).h2c(true).addTcp("127.0.0.1:0");
    server.addService(service);
    server.start();
    int port = ((InetSocketAddress) service.addresses().getFirst()).getPort();
    try (Wire begun = ScriptedClient.tcp(port);
        Wire greedy = ScriptedClient.tcp(port);
        Wire late = ScriptedClient.tcp(port)) {
      String head = RawHttp.get("/");
      begun.send(head.substring(0, 10));
      greedy.send(head);
      assertThat(greedy.readResponse().status()).isEqualTo(200);
      hog.full.await();
      begun.send(head.substring(10));
      late.send(head);
      for (Wire client : List.of(begun, late)) {
        assertThat(client.readResponse().status()).isEqualTo(503);
      }
    } finally {
      server.shutdown(Shutdown.FAST);
      server.awaitEnd();
    }
  }
}
