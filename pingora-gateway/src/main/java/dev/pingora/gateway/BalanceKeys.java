// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import dev.pingora.lb.GrpcHealthCheck;
import dev.pingora.lb.HttpDiscovery;
import dev.pingora.lb.Outlier;
import dev.pingora.lb.SlowStart;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// The keys of an upstream that say how a server is chosen, and where servers are learnt from.
final class BalanceKeys {
  private static final ValueType<Duration> PERIOD =
      Values.duration(Duration.ofMillis(100), Duration.ofHours(1));

  private static final ValueType<Duration> PAUSE =
      Values.duration(Duration.ofMillis(1), Outlier.MAX_EJECT);

  private static final ValueType<String> COOKIE =
      Values.matching("a cookie's name", BalanceKey.TOKEN);

  private static final Block<BalanceConf.Sticky.Builder, BalanceConf.Sticky> STICKY =
      Block.of(
          BalanceConf.Sticky.Builder::new,
          BalanceConf.Sticky.Builder::build,
          List.of(
              Key.of(
                  "cookie",
                  COOKIE,
                  BalanceConf.Sticky::cookie,
                  (b, v) -> b.cookie = v,
                  "Name of the cookie"),
              Key.of(
                  "ttl",
                  Values.duration(Duration.ofSeconds(1), Duration.ofDays(365)),
                  BalanceConf.Sticky::ttl,
                  (b, v) -> b.ttl = v,
                  "How long it holds"),
              Key.optional(
                  "secret",
                  Values.secret(16, 256),
                  BalanceConf.Sticky::secret,
                  (b, v) -> b.secret = v,
                  "Signs it, the same in all gateways; null = a new one at each start")));

  private static final Block<HealthConf.Builder, HealthConf> HEALTH =
      Block.withRequired(
          HealthConf.Builder::new,
          HealthConf.Builder::build,
          BalanceKeys::healthExample,
          List.of(
              Key.optional(
                  "http",
                  Values.matching("a path", Pattern.compile("/[!-~]*")),
                  HealthConf::http,
                  (b, v) -> b.http = v,
                  "Path to ask for"),
              Key.of(
                  "tcp",
                  Values.bool(),
                  HealthConf::tcp,
                  (b, v) -> b.tcp = v,
                  "Whether a connection is enough"),
              Key.optional(
                  "grpc",
                  Values.matching(
                      "a service's name",
                      Pattern.compile("[!-~]{0," + GrpcHealthCheck.MAX_SERVICE + "}")),
                  HealthConf::grpc,
                  (b, v) -> b.grpc = v,
                  "Service to ask for by gRPC's health protocol, \"\" = the server as a whole"),
              Key.of(
                  "expect",
                  Values.list(Values.integer(200, 599), 1, 100),
                  HealthConf::expect,
                  (b, v) -> b.expect = v,
                  "Statuses of those who are well"),
              Key.optional(
                  "host",
                  Values.word("a host name"),
                  HealthConf::host,
                  (b, v) -> b.host = v,
                  "What the request asks for; null = the server's address"),
              Key.of(
                  "every",
                  PERIOD,
                  HealthConf::every,
                  (b, v) -> b.every = v,
                  "Between two rounds, a tenth more or less"),
              Key.of(
                  "timeout",
                  PAUSE,
                  HealthConf::timeout,
                  (b, v) -> b.timeout = v,
                  "Of one check, whatever it waits for"),
              Key.of(
                  "up",
                  Values.integer(1, 100),
                  HealthConf::up,
                  (b, v) -> b.up = v,
                  "Good answers in a row that bring a server back"),
              Key.of(
                  "down",
                  Values.integer(1, 100),
                  HealthConf::down,
                  (b, v) -> b.down = v,
                  "Bad ones in a row that take it out")));

  private static final Block<OutlierDraft, Outlier> OUTLIER =
      Block.of(
          OutlierDraft::new,
          OutlierDraft::build,
          List.of(
              Key.of(
                  "consecutive",
                  Values.integer(1, 1_000_000),
                  Outlier::consecutive,
                  (b, v) -> b.consecutive = v,
                  "Failures in a row: no connection, a broken exchange, a status from 500"),
              Key.of(
                  "eject",
                  PAUSE,
                  Outlier::eject,
                  (b, v) -> b.eject = v,
                  "How long the first ejection takes; each further one longer by as much"),
              Key.of(
                  "max_ejected",
                  Values.ratio(1),
                  Outlier::maxEjected,
                  (b, v) -> b.maxEjected = v,
                  "Share of the servers that may be out at the same time")));

  static final Block<DiscoveryConf.Builder, DiscoveryConf> DISCOVERY =
      Block.withRequired(
          DiscoveryConf.Builder::new,
          DiscoveryConf.Builder::build,
          () -> new DiscoveryConf(null, "_http._tcp.app", null, null, null),
          List.of(
              Key.optional(
                  "dns",
                  Values.peerAddress(),
                  DiscoveryConf::dns,
                  (b, v) -> b.dns = v,
                  "A name and a port: a server for each address"),
              Key.optional(
                  "srv",
                  Values.matching("a service", Pattern.compile("[A-Za-z0-9_.-]{1,253}")),
                  DiscoveryConf::srv,
                  (b, v) -> b.srv = v,
                  "A service: a server for each SRV record"),
              Key.optional(
                  "file",
                  Values.path(),
                  DiscoveryConf::file,
                  (b, v) -> b.file = v,
                  "A YAML or JSON file with servers: as here; watched"),
              Key.optional(
                  "http",
                  Values.parsed("http://… or https://…", BalanceKeys::uri, URI::toString),
                  DiscoveryConf::http,
                  (b, v) -> b.http = v,
                  "Where the same is asked for"),
              Key.optional(
                  "every",
                  new EveryType(PERIOD),
                  conf -> conf.every() == null ? Duration.ZERO : conf.every(),
                  (b, v) -> b.every = v == null || v.isZero() ? null : v,
                  "How often; ttl = as the source says")));

  static final Block<BalanceConf.Builder, BalanceConf> BLOCK =
      Block.of(BalanceConf::builder, BalanceConf.Builder::build, keys());

  private BalanceKeys() {}

  /// Collects an [Outlier]; confined to one thread.
  private static final class OutlierDraft {
    private int consecutive = Outlier.standard().consecutive();
    private Duration eject = Outlier.standard().eject();
    private double maxEjected = Outlier.standard().maxEjected();

    Outlier build() {
      return new Outlier(consecutive, eject, maxEjected);
    }
  }

  private static HealthConf healthExample() {
    HealthConf.Builder builder = new HealthConf.Builder();
    builder.http = "/health";
    return builder.build();
  }

  private static URI uri(String text) {
    URI uri;
    try {
      uri = URI.create(text);
      HttpDiscovery.of(uri, Duration.ofSeconds(1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("is \"" + text + "\"", e);
    }
    return uri;
  }

  private static List<Key<BalanceConf.Builder, BalanceConf>> keys() {
    return List.of(
        Key.of(
            "balance",
            Values.oneOf(BalanceConf.Way.class),
            BalanceConf::way,
            (b, v) -> b.way = v,
            "How a server is chosen"),
        Key.of(
            "balance_key",
            BalanceKey.type(),
            BalanceConf::key,
            (b, v) -> b.key = v,
            "What the hashing ways to choose hash"),
        Key.optional(
            "sticky",
            STICKY,
            BalanceConf::sticky,
            (b, v) -> b.sticky = v,
            "Keeps a client at its server"),
        Key.of(
            "slow_start",
            Values.duration(Duration.ZERO, SlowStart.MAX_WINDOW),
            BalanceConf::slowStart,
            (b, v) -> b.slowStart = v,
            "Time in which a new server comes to its full share"),
        Key.of(
            "panic_threshold",
            Values.ratio(1),
            BalanceConf::panicThreshold,
            (b, v) -> b.panicThreshold = v,
            "Share of ready servers below which health is ignored"),
        Key.of(
            "max_requests_per_server",
            Values.integer(0, 1_000_000),
            BalanceConf::maxRequests,
            (b, v) -> b.maxRequests = v,
            "Requests at the same time at one server; 0 = no bound"),
        Key.optional(
            "health_check",
            HEALTH,
            BalanceConf::healthCheck,
            (b, v) -> b.healthCheck = v,
            "Asks servers whether they are well"),
        Key.optional(
            "outlier",
            OUTLIER,
            BalanceConf::outlier,
            (b, v) -> b.outlier = v,
            "Leaves out servers that fail"));
  }
}
