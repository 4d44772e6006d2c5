// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import dev.pingora.core.server.Limits;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.core.upstreams.TlsOptions;
import dev.pingora.lb.Backend;
import dev.pingora.lb.CheckRules;
import dev.pingora.lb.GrpcHealthCheck;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.RoundRobin;
import dev.pingora.testkit.Events;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// gRPC's health protocol as grpcio's own server speaks it, without TLS and by every provider.
final class GrpcHealthTest {
  private static final Pattern PORTS = Pattern.compile("(?m)^([0-9]+) ([0-9]+)$");
  private static final CheckRules RULES =
      CheckRules.STANDARD.withEvery(Duration.ofMillis(200)).withTimeout(Duration.ofSeconds(10));

  private final Tool.Running grpc;
  private final Server server =
      Server.create(ServerConf.defaults().toBuilder().threads(1).build(), Limits.defaults());
  private final Events<String> changes = new Events<>();

  GrpcHealthTest(@TempDir Path folder) throws Exception {
    OtherEnd.write(folder);
    Path python = PythonEnvironment.python("grpc", "requirements-grpc.txt");
    grpc =
        Tool.start(
            python.toString(),
            PythonEnvironment.PROGRAMS.resolve("health_server.py").toString(),
            folder.resolve("server.pem").toString(),
            folder.resolve("server.key").toString());
  }

  @BeforeEach
  void awaitServer() {
    Eventually.holds("the server listens", () -> PORTS.matcher(grpc.output()).find());
  }

  @AfterEach
  void end() {
    server.shutdown(Shutdown.GRACEFUL);
    server.awaitEnd();
    grpc.close();
  }

  private Backend backend(boolean tls) {
    Matcher ports = PORTS.matcher(grpc.output());
    if (!ports.find()) {
      throw new AssertionError(grpc.output());
    }
    int port = Integer.parseInt(ports.group(tls ? 2 : 1));
    return Backend.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
  }

  /// {@return a balancer that the server keeps}
  private LoadBalancer<RoundRobin> balancer(CheckRules rules, String service, Backend backend) {
    LoadBalancer<RoundRobin> balancer =
        LoadBalancer.builder("app", RoundRobin::of)
            .backends(List.of(backend))
            .healthCheck(GrpcHealthCheck.of(rules, service))
            .observer((_, _, change, why) -> changes.add(service + " " + change + " " + why))
            .build();
    server.addService(BackgroundService.of("health " + service, balancer));
    return balancer;
  }

  @Test
  void tellsWhatServesFromWhatDoesNot() throws Exception {
    var whole = balancer(RULES, "", backend(false).startingUnhealthy());
    var up = balancer(RULES, "shop.Carts", backend(false).startingUnhealthy());
    balancer(RULES, "shop.Orders", backend(false));
    balancer(RULES, "nobody", backend(false));
    server.start();

    Eventually.holds("well", () -> whole.status().ready() == 1 && up.status().ready() == 1);
    Eventually.holds("ill", () -> says("shop.Orders UNHEALTHY.*NOT_SERVING"));
    Eventually.holds("unknown", () -> says("nobody UNHEALTHY.*grpc-status is 5 \\(NOT_FOUND\\).*"));
  }

  private boolean says(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    return changes.all().stream().anyMatch(change -> wanted.matcher(change).find());
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("dev.pingora.conformance.OtherEnd#providers")
  void agreesOnHttp2WithEveryProvider(TlsProvider provider, TlsVersion version) throws Exception {
    TlsOptions tls =
        TlsOptions.DEFAULT
            .withProvider(provider.id())
            .withVersions(version, version)
            .withRoots(TestCertificates.roots());
    CheckRules rules =
        RULES.withTls(
            TestCertificates.NAME, PeerOptions.DEFAULT.toBuilder().tls(tls).build(), null);
    var balancer = balancer(rules, "shop.Carts", backend(true).startingUnhealthy());
    server.start();

    Eventually.holds("well", () -> balancer.status().ready() == 1);
  }
}
