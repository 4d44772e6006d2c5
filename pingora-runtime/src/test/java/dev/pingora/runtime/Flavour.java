// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.ArrayList;
import java.util.List;

/// What every engine test runs in: both ways to schedule request threads, on every transport that
/// this machine has.
record Flavour(boolean stealing, TransportKind kind) {
  static List<Flavour> all() {
    List<Flavour> all = new ArrayList<>();
    for (TransportKind kind :
        List.of(TransportKind.EPOLL, TransportKind.NIO, TransportKind.IO_URING)) {
      if (isAvailable(kind)) {
        all.add(new Flavour(false, kind));
        all.add(new Flavour(true, kind));
      }
    }
    return all;
  }

  private static boolean isAvailable(TransportKind kind) {
    try {
      return kind.resolve() == kind;
    } catch (IllegalStateException e) {
      return false; // not on this machine
    }
  }

  /// Those in which a thread that never parks cannot starve the others. The JDK's scheduler, which
  /// runs request threads in the stealing flavour, needs a second carrier for that: with one, a
  /// thread that yields again and again keeps it to itself.
  static List<Flavour> fair() {
    boolean fair = Runtime.getRuntime().availableProcessors() > 1;
    return all().stream().filter(flavour -> fair || !flavour.stealing()).toList();
  }

  /// The two ways to schedule, where the transport makes no difference.
  static List<Flavour> schedulers() {
    return List.of(new Flavour(false, TransportKind.AUTO), new Flavour(true, TransportKind.AUTO));
  }

  LoopGroupOptions options(int loops) {
    return LoopGroupOptions.of("test", loops).withWorkStealing(stealing).withTransport(kind);
  }

  @Override
  public String toString() {
    return (stealing ? "stealing " : "bound ") + kind.configName();
  }
}
