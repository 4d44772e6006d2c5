// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.core.server.ShutdownWatch;
import dev.pingora.core.services.BackgroundService;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A named set of backends and the way one of them is picked. Thread-safe; [#select] is lock-free.
///
/// Of fixed addresses it works as it stands. Discovery and health checks run when it is added to a
/// server: `server.addService(BackgroundService.of("health", balancer))`.
///
/// ```
///   discovery ──update──► set of backends + selection ──select──► request ──► backend
///                              ▲     readiness                                  │
///      health checks ──────────┴──────────────────────── what the engine reports ┘
/// ```
///
/// @param <S> the selection
public final class LoadBalancer<S extends Selection> implements BackgroundService.Task {
  /// Longest time that one discovery may take.
  public static final Duration MAX_DISCOVERY = Duration.ofSeconds(10);

  /// Steps of a selection after which the set is asked one by one, where the caller does not say.
  private static final int MAX_STEPS = 256;

  private final String name;
  private final Backends<S> backends;
  private final double panicThreshold;
  private final Upkeep<S> upkeep;

  LoadBalancer(String name, Backends<S> backends, double panicThreshold, Upkeep<S> upkeep) {
    this.name = name;
    this.backends = backends;
    this.panicThreshold = panicThreshold;
    this.upkeep = upkeep;
  }

  /// {@return a balancer over these addresses, each in turn}
  ///
  /// @throws IllegalArgumentException when an address is malformed
  public static LoadBalancer<RoundRobin> roundRobin(String... addresses) {
    return of("upstreams", Stream.of(addresses).map(Backend::of).toList(), RoundRobin::of);
  }

  /// {@return a balancer over a fixed set of backends}
  ///
  /// @param selection the way to pick: `RoundRobin::of`, `Ketama::of`, …
  public static <S extends Selection> LoadBalancer<S> of(
      String name, List<Backend> backends, Selection.Factory<S> selection) {
    return builder(name, selection).backends(backends).build();
  }

  /// {@return a builder}
  ///
  /// @param name for messages
  /// @param selection the way to pick: `RoundRobin::of`, `Ketama::of`, …
  public static <S extends Selection> BalancerBuilder<S> builder(
      String name, Selection.Factory<S> selection) {
    return new BalancerBuilder<>(requireNonNull(name, "name"), selection);
  }

  /// Decides about a candidate.
  @FunctionalInterface
  public interface Acceptance {
    /// {@return whether the request goes to this backend}
    ///
    /// @param ready whether it takes work: healthy, enabled, not ejected, with room
    boolean accepts(Backend backend, boolean ready);
  }

  /// {@return the name, for messages}
  public String name() {
    return name;
  }

  /// {@return all backends, in the order of discovery; unmodifiable}
  public List<Backend> backends() {
    return backends.current().backends();
  }

  /// {@return how it picks now}
  public S selection() {
    return backends.current().selection();
  }

  // --- for requests ---

  /// {@return a backend for this request}: the first in the order of the selection that takes work;
  /// empty only when none does
  ///
  /// @param key what belongs together, for selections that hash
  public Optional<Backend> select(Object key) {
    BackendSet<S> set = backends.current();
    Backend first = set.selection().first(key);
    BackendState state = first == null ? null : first.state();
    if (state != null && !isPanic() && state.admits()) {
      return Optional.ofNullable(first);
    }
    return Optional.ofNullable(search(set, first, key, List.of()));
  }

  /// {@return a backend for another attempt of a request}: as [#select(Object)], but one of those
  /// that were tried only when nobody else takes work. Holds when health is ignored (see
  /// [BalancerBuilder#panicThreshold]) too.
  public Optional<Backend> select(Object key, Collection<Backend> tried) {
    BackendSet<S> set = backends.current();
    Backend other = search(set, set.selection().first(key), key, tried);
    return other == null ? select(key) : Optional.of(other);
  }

  /// {@return the backend at an address if it takes work, else as [#select(Object)]} For clients
  /// that are to come back to the same one. A weight of 0 does not send them away: such a backend
  /// gets no new ones.
  public Optional<Backend> select(Object key, SocketAddress preferred) {
    BackendSet.Entry entry = backends.current().byAddress().get(preferred);
    BackendState state = entry == null ? null : entry.bound().state();
    return entry != null && state != null && state.admits()
        ? Optional.of(entry.bound())
        : select(key);
  }

  private boolean isPanic() {
    return panicThreshold > 0
        && backends.crowd().ready() < panicThreshold * backends.crowd().size();
  }

  private @Nullable Backend search(
      BackendSet<S> set, @Nullable Backend first, Object key, Collection<Backend> tried) {
    boolean panic = isPanic();
    Acceptance acceptance =
        (backend, ready) -> {
          BackendState state = backend.state();
          boolean willing = ready || panic && state != null && state.admitsInPanic();
          return willing && !tried.contains(backend);
        };
    int steps = panic || backends.crowd().ready() > 0 ? MAX_STEPS : 1;
    Backend found = walk(set, first, key, steps, acceptance);
    return found == null ? scan(set.backends(), key, acceptance) : found;
  }

  /// {@return the first backend in the order of the selection that takes work}
  ///
  /// @param maxIterations steps of the selection, repeated backends included (1 or more)
  public Optional<Backend> select(Object key, int maxIterations) {
    return select(key, maxIterations, (_, ready) -> ready);
  }

  /// {@return the first backend in the order of the selection that is accepted} Each is asked about
  /// once, also those that take no work.
  ///
  /// @param maxIterations steps of the selection, repeated backends included (1 or more)
  public Optional<Backend> select(Object key, int maxIterations, Acceptance acceptance) {
    if (maxIterations < 1) {
      throw new IllegalArgumentException(
          "maxIterations: " + maxIterations + " (expected: 1 or more)");
    }
    BackendSet<S> set = backends.current();
    Backend first = set.selection().first(key);
    return Optional.ofNullable(walk(set, first, key, maxIterations, acceptance));
  }

  private static @Nullable Backend walk(
      BackendSet<? extends Selection> set,
      @Nullable Backend first,
      Object key,
      int maxIterations,
      Acceptance acceptance) {
    if (first == null || accepted(first, acceptance)) {
      return first;
    }
    Set<Backend> seen = new HashSet<>();
    seen.add(first);
    Iterator<Backend> further = set.selection().further(key);
    for (int step = 1; step < maxIterations && further.hasNext(); step++) {
      Backend next = further.next();
      if (seen.add(next) && accepted(next, acceptance)) {
        return next;
      }
    }
    return null;
  }

  /// Asks about a candidate. The one trial that a half-open breaker grants is taken only for who is
  /// accepted; who loses it to another request takes no work after all.
  private static boolean accepted(Backend backend, Acceptance acceptance) {
    BackendState state = backend.state();
    boolean ready = state == null || state.takesWork();
    return acceptance.accepts(backend, ready)
        && (!ready || state == null || state.admits() || acceptance.accepts(backend, false));
  }

  /// Everybody once, from a place that the key decides.
  private static @Nullable Backend scan(List<Backend> all, Object key, Acceptance acceptance) {
    int n = all.size();
    int start = n == 0 ? 0 : HashKeys.reduce(HashKeys.hash(key), n);
    for (int i = 0; i < n; i++) {
      Backend backend = all.get((start + i) % n);
      if (backend.weight() > 0 && accepted(backend, acceptance)) {
        return backend;
      }
    }
    return null;
  }

  // --- for operators ---

  /// {@return how all backends are, and how discovery went}
  public BalancerStatus status() {
    return BalancerStatus.of(name, backends, upkeep.lastDiscovery());
  }

  /// Takes a backend out, or back in: it gets no new work, whatever its health. Nothing happens for
  /// an address that is not known.
  public void enable(SocketAddress address, boolean enabled) {
    backends.enable(address, enabled);
  }

  /// Runs discovery now, on the calling thread, and takes over what it finds.
  ///
  /// @throws Exception whatever the discovery throws; then all stays as it was
  public void update() throws Exception {
    upkeep.update();
  }

  /// Has backends checked from now on; before the server runs.
  public void healthCheck(HealthCheck check) {
    upkeep.healthCheck(check);
  }

  // --- in the background ---

  /// Learns of the server it runs on, and discovers for the first time: waits at most
  /// [#MAX_DISCOVERY], and starts without backends when that fails.
  @Override
  public void start(ServerRuntime runtime) {
    upkeep.start(runtime);
  }

  /// Discovers and checks as often as the settings say, until the shutdown.
  @Override
  public void run(ShutdownWatch shutdown) throws InterruptedException {
    upkeep.run(shutdown);
  }

  @Override
  public String toString() {
    return name + " " + backends();
  }
}
