// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.lb.Backend;
import dev.pingora.lb.RoundRobin;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Shares of a `split:`, spread evenly over a cycle of turns.
final class Shares {
  private Shares() {}

  /// {@return whose turn it is, turn by turn}
  static int[] cycle(int[] weights) {
    List<Backend> backends = new ArrayList<>();
    int total = 0;
    for (int i = 0; i < weights.length; i++) {
      // A port stands for the share's number: only the order of the turns is wanted.
      backends.add(Backend.of(InetSocketAddress.createUnresolved("share", i), weights[i]));
      total += weights[i];
    }
    RoundRobin turns = RoundRobin.of(backends, null);
    int[] cycle = new int[total];
    for (int i = 0; i < total; i++) {
      Backend next = Objects.requireNonNull(turns.first(i), "a weight is above 0");
      cycle[i] = ((InetSocketAddress) next.address()).getPort();
    }
    return cycle;
  }
}
