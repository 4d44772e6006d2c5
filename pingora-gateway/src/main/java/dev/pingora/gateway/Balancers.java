// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import dev.pingora.lb.Backend;
import dev.pingora.lb.BalancerBuilder;
import dev.pingora.lb.BoundedLoad;
import dev.pingora.lb.CheckRules;
import dev.pingora.lb.Discovery;
import dev.pingora.lb.DnsDiscovery;
import dev.pingora.lb.FileDiscovery;
import dev.pingora.lb.FnvHash;
import dev.pingora.lb.GrpcHealthCheck;
import dev.pingora.lb.HealthCheck;
import dev.pingora.lb.HttpDiscovery;
import dev.pingora.lb.HttpHealthCheck;
import dev.pingora.lb.Ketama;
import dev.pingora.lb.LeastRequests;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.Maglev;
import dev.pingora.lb.Passive;
import dev.pingora.lb.PeakEwma;
import dev.pingora.lb.PowerOfTwo;
import dev.pingora.lb.RandomChoice;
import dev.pingora.lb.Rendezvous;
import dev.pingora.lb.RoundRobin;
import dev.pingora.lb.Selection;
import dev.pingora.lb.SlowStart;
import dev.pingora.lb.StaticDiscovery;
import dev.pingora.lb.TcpHealthCheck;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.function.UnaryOperator;

/// Makes balancers as the configuration says.
final class Balancers {
  private static final Duration POLL = Duration.ofSeconds(10);

  private Balancers() {}

  /// @param rules of health checks, but for times and thresholds
  /// @param prepare attaches something to each backend
  static LoadBalancer<?> of(
      String name, UpstreamConf conf, CheckRules rules, UnaryOperator<Backend> prepare) {
    return switch (conf.balance().way()) {
      case ROUND_ROBIN -> slow(name, conf, rules, prepare, RoundRobin::of);
      case RANDOM -> slow(name, conf, rules, prepare, RandomChoice::of);
      case HASH -> slow(name, conf, rules, prepare, FnvHash::of);
      case CONSISTENT -> slow(name, conf, rules, prepare, Ketama::of);
      case LEAST_REQUESTS -> slow(name, conf, rules, prepare, LeastRequests::of);
      case P2C -> slow(name, conf, rules, prepare, PowerOfTwo::of);
      case EWMA -> slow(name, conf, rules, prepare, PeakEwma::of);
      case MAGLEV -> slow(name, conf, rules, prepare, Maglev::of);
      case RENDEZVOUS -> slow(name, conf, rules, prepare, Rendezvous::of);
      case BOUNDED_CONSISTENT -> slow(name, conf, rules, prepare, BoundedLoad::of);
    };
  }

  private static <S extends Selection> LoadBalancer<?> slow(
      String name,
      UpstreamConf conf,
      CheckRules rules,
      UnaryOperator<Backend> prepare,
      Selection.Factory<S> way) {
    Duration window = conf.balance().slowStart();
    return window.isZero()
        ? build(LoadBalancer.builder(name, way), conf, rules, prepare)
        : build(LoadBalancer.builder(name, SlowStart.over(window, way)), conf, rules, prepare);
  }

  private static <S extends Selection> LoadBalancer<S> build(
      BalancerBuilder<S> builder,
      UpstreamConf conf,
      CheckRules rules,
      UnaryOperator<Backend> prepare) {
    BalanceConf balance = conf.balance();
    builder
        .prepare(prepare)
        .discovery(discovery(conf))
        .panicThreshold(balance.panicThreshold())
        .passive(
            Passive.NONE.withOutlier(balance.outlier()).withMaxRequests(balance.maxRequests()));
    HealthConf health = balance.healthCheck();
    if (health != null) {
      builder.healthCheck(check(health, rules));
    }
    return builder.build();
  }

  private static Discovery discovery(UpstreamConf conf) {
    DiscoveryConf from = conf.discovery();
    if (from == null) {
      return StaticDiscovery.of(
          conf.servers().stream().map(s -> Backend.of(s.address().toPeer(), s.weight())).toList());
    }
    if (from.dns() instanceof Address.Tcp name) {
      return DnsDiscovery.addresses(name.host(), name.port(), from.every());
    }
    if (from.file() != null) {
      Duration every = from.every();
      return every == null ? FileDiscovery.of(from.file()) : FileDiscovery.of(from.file(), every);
    }
    if (from.http() != null) {
      return HttpDiscovery.of(from.http(), Objects.requireNonNullElse(from.every(), POLL));
    }
    return DnsDiscovery.services(Objects.requireNonNull(from.srv(), "srv"), from.every());
  }

  private static HealthCheck check(HealthConf conf, CheckRules rules) {
    CheckRules own =
        rules
            .withEvery(conf.every())
            .withTimeout(conf.timeout())
            .withThresholds(conf.up(), conf.down());
    if (conf.http() != null) {
      return HttpHealthCheck.of(own, conf.http(), conf.host())
          .expecting(new HashSet<>(conf.expect()));
    }
    if (conf.grpc() != null) {
      GrpcHealthCheck check = GrpcHealthCheck.of(own, conf.grpc());
      return conf.host() == null ? check : check.withAuthority(conf.host());
    }
    return TcpHealthCheck.of(own);
  }
}
