// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Names as the test knows them; each lookup may be held back until the test lets it go.
///
/// Blocking, like a lookup is for its caller. Pass it as `resolver::resolve`. Thread-safe; `lock`
/// guards the tables and is not held while a lookup waits.
public final class FakeResolver {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, List<InetAddress>> answers = new HashMap<>();
  private final Map<String, UnknownHostException> failures = new HashMap<>();
  private final Map<String, Gate> held = new HashMap<>();
  private final Events<String> lookups = new Events<>();

  /// A resolver that knows no name.
  public FakeResolver() {}

  /// Sets the addresses of a name, as literals such as `127.0.0.1` or `::1`, in this order.
  public FakeResolver answer(String name, String... literals) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String literal : literals) {
      addresses.add(InetAddress.ofLiteral(literal));
    }
    lock.lock();
    try {
      answers.put(name, List.copyOf(addresses));
      failures.remove(name);
    } finally {
      lock.unlock();
    }
    return this;
  }

  /// Makes lookups of a name fail. Names never mentioned fail too.
  public FakeResolver fail(String name, String reason) {
    lock.lock();
    try {
      answers.remove(name);
      failures.put(name, new UnknownHostException(reason));
    } finally {
      lock.unlock();
    }
    return this;
  }

  /// Holds back lookups of a name until the gate is open.
  public Gate hold(String name) {
    Gate gate = new Gate("lookup of " + name);
    lock.lock();
    try {
      held.put(name, gate);
    } finally {
      lock.unlock();
    }
    return gate;
  }

  /// {@return the addresses of a name}
  ///
  /// @throws UnknownHostException if the test has said so, or nothing about this name
  public List<InetAddress> resolve(String name) throws UnknownHostException {
    lookups.add(name);
    Gate gate = gateOf(name);
    if (gate != null) {
      // Twice the usual patience: the test's own wait for the consequence fails first.
      gate.await(Gate.PATIENCE.plus(Duration.ofSeconds(10)));
    }
    lock.lock();
    try {
      List<InetAddress> found = answers.get(name);
      if (found == null) {
        UnknownHostException failure = failures.get(name);
        throw failure != null ? failure : new UnknownHostException(name);
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Gate gateOf(String name) {
    lock.lock();
    try {
      return held.get(name);
    } finally {
      lock.unlock();
    }
  }

  /// {@return the names looked up, in order, each as often as it was}
  public Events<String> lookups() {
    return lookups;
  }
}
