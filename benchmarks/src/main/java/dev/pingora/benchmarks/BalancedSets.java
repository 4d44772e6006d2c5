// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.lb.Backend;
import dev.pingora.lb.BoundedLoad;
import dev.pingora.lb.FnvHash;
import dev.pingora.lb.Ketama;
import dev.pingora.lb.LeastRequests;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.Maglev;
import dev.pingora.lb.PeakEwma;
import dev.pingora.lb.PowerOfTwo;
import dev.pingora.lb.RandomChoice;
import dev.pingora.lb.Rendezvous;
import dev.pingora.lb.RoundRobin;
import dev.pingora.lb.StaticDiscovery;
import java.util.ArrayList;
import java.util.List;

/// Sets of backends, and balancers by the names that the gateway's configuration has for them.
final class BalancedSets {
  private BalancedSets() {}

  static List<Backend> of(int size, boolean even) {
    List<Backend> backends = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      String address = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255) + ":80";
      backends.add(Backend.of(address, even ? 1 : 1 + i % 3));
    }
    return backends;
  }

  static LoadBalancer<?> balancer(String way, StaticDiscovery from) {
    return switch (way) {
      case "round_robin" -> LoadBalancer.builder(way, RoundRobin::of).discovery(from).build();
      case "random" -> LoadBalancer.builder(way, RandomChoice::of).discovery(from).build();
      case "hash" -> LoadBalancer.builder(way, FnvHash::of).discovery(from).build();
      case "consistent" -> LoadBalancer.builder(way, Ketama::of).discovery(from).build();
      case "least_requests" -> LoadBalancer.builder(way, LeastRequests::of).discovery(from).build();
      case "p2c" -> LoadBalancer.builder(way, PowerOfTwo::of).discovery(from).build();
      case "ewma" -> LoadBalancer.builder(way, PeakEwma::of).discovery(from).build();
      case "maglev" -> LoadBalancer.builder(way, Maglev::of).discovery(from).build();
      case "rendezvous" -> LoadBalancer.builder(way, Rendezvous::of).discovery(from).build();
      case "bounded_consistent" ->
          LoadBalancer.builder(way, BoundedLoad::of).discovery(from).build();
      default -> throw new IllegalArgumentException(way);
    };
  }

  /// Gives every backend a past: a response, as the engine reports it.
  static void warm(LoadBalancer<?> balancer) {
    int i = 0;
    for (Backend backend : balancer.backends()) {
      if (backend.attemptStarted()) {
        long nanos = 500_000L + 1_000L * (i++ % 977);
        backend.firstByte(nanos, 200);
        backend.attemptEnded(nanos, 200, null);
      }
    }
  }
}
