// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.RawResponse;
import dev.pingora.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A run in which servers are killed, returned and slowed under load, for each way to choose one:
/// how many requests fail, and what a slow server costs. The figures go to `target/survival.txt`.
class SurvivalTest {
  private static final int SERVERS = 5;
  private static final int CLIENTS = 4;
  private static final Duration SLOW = Duration.ofMillis(30);

  private int requests = 1_200;
  private int slowBefore;
  private final List<MortalOrigin> origins = new ArrayList<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final ConcurrentLinkedQueue<Long> nanosWhileSlow = new ConcurrentLinkedQueue<>();

  private GatewayRig gateway(BalanceConf.Way way, int retries) throws Exception {
    List<String> servers = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      origins.add(new MortalOrigin(i));
      servers.add("\"127.0.0.1:" + origins.get(i).port() + "\"");
    }
    return GatewayRig.with(
        """
        upstreams:
          app:
            servers: %s
            balance: %s
            %s
            health_check: { tcp: true, every: 100ms, timeout: 200ms, down: 1 }
            outlier: { consecutive: 3, eject: 300ms, max_ejected: 0.5 }
        routes:
          - { upstream: app, retry: { attempts: %d, on: [connect, reset_before_response] } }
        """
            .formatted(servers, way.text(), way.hashes() ? "balance_key: path" : "", retries));
  }

  /// Long enough for averages over seconds to mean something.
  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void longRunTellsWhoAvoidsSlowServers(BalanceConf.Way way) throws Exception {
    requests = 20_000;
    killedSlowedAndReturnedServersCostLittle(way);
  }

  /// One of each kind: in turn, by key, by load, by time.
  @ParameterizedTest
  @EnumSource(names = {"ROUND_ROBIN", "CONSISTENT", "P2C", "EWMA"})
  void killedSlowedAndReturnedServersCostLittle(BalanceConf.Way way) throws Exception {
    int withoutRetries = run(way, 0);
    double slowShare = slowShare();
    double slowQuantile = quantile();
    assertThat(withoutRetries).isLessThan(requests / 10);
    reset();
    int withRetries = run(way, 2);
    assertThat(withRetries).isZero();
    report(way, withoutRetries, withRetries, slowShare, slowQuantile);
  }

  private void reset() {
    origins.clear();
    begun.set(0);
    failed.set(0);
    nanosWhileSlow.clear();
  }

  /// {@return how many requests failed}
  private int run(BalanceConf.Way way, int retries) throws Exception {
    try (GatewayRig rig = gateway(way, retries)) {
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Thread.ofPlatform().start(() -> ask(rig)));
      }
      at(requests / 10);
      origins.get(0).kill();
      at(requests * 2 / 10);
      origins.get(1).kill();
      at(requests * 3 / 10);
      origins.get(0).restart();
      at(requests * 4 / 10);
      origins.get(1).restart();
      at(requests / 2);
      slowBefore = origins.get(2).requests();
      origins.get(2).slow(SLOW);
      for (Thread client : clients) {
        client.join();
      }
      return failed.get();
    } finally {
      for (MortalOrigin origin : origins) {
        origin.close();
      }
    }
  }

  /// {@return the share of the slow server in the second half}
  private double slowShare() {
    return (origins.get(2).requests() - slowBefore) / (requests / 2.0);
  }

  private double quantile() {
    long[] sorted = nanosWhileSlow.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted[sorted.length * 9 / 10] / 1e6;
  }

  private void at(int count) {
    Eventually.holds("requests", () -> begun.get() >= count);
  }

  private void ask(GatewayRig rig) {
    try (Wire client = rig.connect()) {
      for (int i = begun.getAndIncrement(); i < requests; i = begun.getAndIncrement()) {
        long start = System.nanoTime();
        RawResponse response = client.send(RawHttp.get("/" + i)).readResponse();
        if (response.status() != 200) {
          failed.incrementAndGet();
        }
        if (i >= requests / 2) {
          nanosWhileSlow.add(System.nanoTime() - start);
        }
      }
    }
  }

  private static void report(
      BalanceConf.Way way, int withoutRetries, int withRetries, double share, double quantile)
      throws IOException {
    String line =
        String.format(
            Locale.ROOT,
            "| `%s` | %d | %d | %.0f %% | %.1f ms |%n",
            way.text(),
            withoutRetries,
            withRetries,
            100 * share,
            quantile);
    Path folder = Path.of("target");
    if (Files.isDirectory(folder)) {
      Files.writeString(
          folder.resolve("survival.txt"),
          line,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
