// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import dev.pingora.timeout.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Collects the settings of a [LoadBalancer]. Confined to one thread.
///
/// @param <S> the selection
public final class BalancerBuilder<S extends Selection> {
  private final String name;
  private final Selection.Factory<S> selection;
  private Discovery discovery = StaticDiscovery.of(List.of());
  private Passive passive = Passive.NONE;
  private double panicThreshold;
  private UnaryOperator<Backend> prepare = backend -> backend;
  private BackendObserver observer = (_, _, _, _) -> {};
  private @Nullable Duration updateEvery;
  private @Nullable HealthCheck healthCheck;
  private int parallelChecks = 16;
  private Ticker ticker = Ticker.system();

  BalancerBuilder(String name, Selection.Factory<S> selection) {
    this.name = name;
    this.selection = requireNonNull(selection, "selection");
  }

  /// Balances over a fixed set.
  public BalancerBuilder<S> backends(List<Backend> fixed) {
    return discovery(StaticDiscovery.of(fixed));
  }

  /// Learns from `source` which backends there are.
  public BalancerBuilder<S> discovery(Discovery source) {
    discovery = requireNonNull(source, "source");
    return this;
  }

  /// Discovers again and again; once unless set, or unless the discovery says how long an answer
  /// holds.
  public BalancerBuilder<S> updateEvery(Duration period) {
    updateEvery = Upkeep.requirePeriod("updateEvery", period);
    return this;
  }

  /// Concludes this from what the engine reports; nothing unless set.
  public BalancerBuilder<S> passive(Passive rules) {
    passive = requireNonNull(rules, "rules");
    return this;
  }

  /// Ignores health while less than this share of the backends is ready: the few that are left
  /// would only fall too.
  ///
  /// @param share 0 (never) to 1
  public BalancerBuilder<S> panicThreshold(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("panicThreshold: " + share + " (expected: 0.0..1.0)");
    }
    panicThreshold = share;
    return this;
  }

  /// Has backends checked; never unless set.
  public BalancerBuilder<S> healthCheck(HealthCheck check) {
    healthCheck = requireNonNull(check, "check");
    return this;
  }

  /// Checks as many backends at the same time; 16 unless set.
  ///
  /// @param most 1 to 1,024
  public BalancerBuilder<S> parallelChecks(int most) {
    if (most < 1 || most > 1_024) {
      throw new IllegalArgumentException("parallelChecks: " + most + " (expected: 1..1024)");
    }
    parallelChecks = most;
    return this;
  }

  /// Attaches something to each backend that is new or changed, before anybody sees it.
  public BalancerBuilder<S> prepare(UnaryOperator<Backend> with) {
    prepare = requireNonNull(with, "with");
    return this;
  }

  /// Hears what happens to backends, beside the log.
  public BalancerBuilder<S> observer(BackendObserver other) {
    observer = requireNonNull(other, "other");
    return this;
  }

  /// Takes the time from elsewhere; the JVM's unless set.
  public BalancerBuilder<S> ticker(Ticker other) {
    ticker = requireNonNull(other, "other");
    return this;
  }

  /// {@return a balancer} One of fixed backends has them already.
  public LoadBalancer<S> build() {
    ChangeLog log = new ChangeLog(name, observer);
    Backends<S> backends = new Backends<>(new Crowd(passive, ticker, log), selection, prepare);
    HealthRounds<S> rounds = new HealthRounds<>(name, backends, parallelChecks);
    Upkeep<S> upkeep = new Upkeep<>(name, backends, discovery, updateEvery, rounds);
    HealthCheck check = healthCheck;
    if (check != null) {
      upkeep.healthCheck(check);
    }
    LoadBalancer<S> balancer = new LoadBalancer<>(name, backends, panicThreshold, upkeep);
    if (discovery instanceof StaticDiscovery fixed) {
      upkeep.take(fixed.discover(LoopCalls.none()), System.nanoTime());
    }
    return balancer;
  }
}
