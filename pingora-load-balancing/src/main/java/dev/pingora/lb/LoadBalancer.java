// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// A named set of backends and the way one of them is picked. Thread-safe.
///
/// @param <S> the selection
public final class LoadBalancer<S extends Selection> {
  private final String name;
  private final List<Backend> backends;
  private final S selection;

  private LoadBalancer(String name, List<Backend> backends, S selection) {
    this.name = requireNonNull(name, "name");
    this.backends = backends;
    this.selection = selection;
  }

  /// {@return a balancer over these addresses, each in turn}
  ///
  /// @throws IllegalArgumentException when an address is malformed
  public static LoadBalancer<RoundRobin> roundRobin(String... addresses) {
    return of("upstreams", Stream.of(addresses).map(Backend::of).toList(), RoundRobin::of);
  }

  /// {@return a balancer over a fixed set of backends}
  ///
  /// @param selection makes the way to pick, once
  public static <S extends Selection> LoadBalancer<S> of(
      String name, List<Backend> backends, Function<List<Backend>, S> selection) {
    List<Backend> fixed = List.copyOf(backends);
    return new LoadBalancer<>(name, fixed, selection.apply(fixed));
  }

  /// {@return the name, for messages}
  public String name() {
    return name;
  }

  /// {@return all backends, in the order given; unmodifiable}
  public List<Backend> backends() {
    return backends;
  }

  /// {@return a backend for this request}
  ///
  /// @param key what belongs together, for selections that hash
  public Optional<Backend> select(Object key) {
    return selection.select(key);
  }
}
