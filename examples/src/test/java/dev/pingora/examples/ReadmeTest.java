// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The first program a reader of README.md sees is one that compiles, and does what it seems to.
class ReadmeTest {
  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("pingora-bom"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new AssertionError("no repository above " + Path.of("").toAbsolutePath());
      }
    }
    return folder;
  }

  @Test
  void readmeShowsTheCompiledExample() throws Exception {
    String source =
        Files.readString(root().resolve("examples/src/main/java/dev/pingora/examples/Lb.java"));
    String example = source.substring(source.indexOf("final class Lb"));
    assertThat(Files.readString(root().resolve("README.md")))
        .contains("```java\n" + example + "```\n");
  }

  @Test
  void theExampleBalancesAndRefuses() throws Exception {
    try (TestOrigin a = TestOrigin.start(e -> e.respond(200, "a"));
        TestOrigin b = TestOrigin.start(e -> e.respond(200, "b"))) {
      Server server = Server.create(ServerConf.defaults());
      ListeningService service =
          HttpProxyService.of(
                  server.configuration(), new Lb("127.0.0.1:" + a.port(), "127.0.0.1:" + b.port()))
              .addTcp("127.0.0.1:0");
      server.addService(service);
      server.start();
      int port = ((InetSocketAddress) service.addresses().getFirst()).getPort();
      try (Wire client = ScriptedClient.tcp(port)) {
        assertThat(client.send(RawHttp.get("/")).readResponse().text()).isEqualTo("a");
        assertThat(client.send(RawHttp.get("/")).readResponse().text()).isEqualTo("b");
        assertThat(client.send(RawHttp.get("//x/../private")).readResponse().status())
            .isEqualTo(403);
      } finally {
        server.shutdown(Shutdown.FAST);
        server.awaitEnd();
      }
    }
  }
}
