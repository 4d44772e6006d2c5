// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Limits;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.HttpServerService;
import dev.pingora.core.services.ListeningService;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.RemoteKeys;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsVersion;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A device that signs slowly holds up the connection it signs for, and no other one of the loop:
/// with every provider.
final class SlowDeviceTest {
  private final Server server =
      Server.create(ServerConf.defaults().toBuilder().threads(1).build(), Limits.defaults());

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("dev.pingora.conformance.OtherEnd#providers")
  void othersAreServedMeanwhile(TlsProvider provider, TlsVersion version) throws Exception {
    Gate asked = new Gate("the device was asked");
    Gate sign = new Gate("the device may sign");
    AtomicInteger signatures = new AtomicInteger();
    Runnable device =
        () -> {
          if (signatures.incrementAndGet() == 2) { // the first is the check at load
            asked.open();
            sign.await();
          }
        };
    try (RemoteKeys keys = new RemoteKeys(device)) {
      TlsSettings settings =
          TlsSettings.of(keys.keep(TestCertificates.server()))
              .withProvider(provider.id())
              .withProfile(TlsProfile.INTERMEDIATE.withVersions(version, version));
      ListeningService service =
          HttpServerService.of("test", (_, answer) -> answer.respond(200, "text/plain", "served"))
              .addTlsWithSettings("127.0.0.1:0", settings);
      server.addService(service);
      server.start();
      int port = ((InetSocketAddress) service.addresses().getFirst()).getPort();
      String url = "https://127.0.0.1:" + port + "/";
      try (Tool.Running slow = Tool.start("curl", "-sSk", url)) {
        asked.await();
        assertThat(Tool.run("curl", "-sSk", url).orFail().out()).isEqualTo("served");
        assertThat(slow.output()).isEmpty();
        sign.open();
        Eventually.holds("the slow one is served", () -> slow.output().equals("served"));
      }
    } finally {
      sign.open();
      server.shutdown(Shutdown.GRACEFUL);
      server.awaitEnd();
    }
  }
}
