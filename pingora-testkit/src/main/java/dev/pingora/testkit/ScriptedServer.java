// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A server that plays a script to each connection it accepts, byte for byte.
///
/// ```java
/// try (var origin = ScriptedServer.builder()
///     .next(c -> { c.expect("GET / HTTP/1.1\r\nHost: a\r\n\r\n"); c.reset(); })
///     .next(c -> { c.readHead(); c.send(RawHttp.response(200, "ok")); })
///     .tcp()) {
///   …
///   origin.awaitScripts();
/// }
/// ```
///
/// A script runs on a thread of its own, its connection is closed when it returns. Scripts given
/// with [Builder#next] are played in the order of connections; those of [Builder#when] to
/// connections that begin with their text, in any order. A connection that no script is left for is
/// reset and counts as a failure. Failures are thrown by [#awaitScripts] and [#close].
///
/// Thread-safe; `lock` guards all mutable state, and no script runs under it.
public final class ScriptedServer implements AutoCloseable {
  /// What happens on one connection.
  @FunctionalInterface
  public interface Script {
    /// Plays the server's side; the connection is closed afterwards.
    void play(Wire connection) throws Exception;
  }

  /// Collects the scripts. Not thread-safe.
  public static final class Builder {
    private final Queue<Script> next = new ArrayDeque<>();
    private final Map<String, Script> when = new LinkedHashMap<>();
    private Script otherwise = ScriptedServer::refuse;

    private Builder() {}

    /// Adds a script for the next connection, once.
    public Builder next(Script script) {
      next.add(script);
      return this;
    }

    /// Adds a script for one connection whose first bytes are `prefix`, whenever it comes. These
    /// are looked at before [#next]; every connection must then send as many bytes as it takes to
    /// tell. The bytes are still there for the script to read.
    public Builder when(String prefix, Script script) {
      when.put(prefix, script);
      return this;
    }

    /// Sets the script for all other connections, any number of them.
    public Builder otherwise(Script script) {
      otherwise = script;
      return this;
    }

    /// {@return a server on a free port of 127.0.0.1}
    public ScriptedServer tcp() {
      return bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    }

    /// {@return a server on a Unix socket at this path, which is removed by [#close]}
    public ScriptedServer unix(Path path) {
      return bind(UnixDomainSocketAddress.of(path));
    }

    /// {@return a server on the given address}
    public ScriptedServer bind(SocketAddress address) {
      try {
        ServerSocketChannel listener =
            address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        listener.bind(address);
        return new ScriptedServer(this, listener);
      } catch (IOException e) {
        throw new AssertionError("cannot listen on " + address + ": " + e.getMessage(), e);
      }
    }
  }

  private final ServerSocketChannel listener;
  private final SocketAddress address;
  private final Queue<Script> next;
  private final Map<String, Script> when;
  private final boolean choosesByPrefix;
  private final Script otherwise;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Wire> connections = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private int running;
  private boolean closing;

  private ScriptedServer(Builder builder, ServerSocketChannel listener) throws IOException {
    this.listener = listener;
    this.address = listener.getLocalAddress();
    this.next = new ArrayDeque<>(builder.next);
    this.when = new LinkedHashMap<>(builder.when);
    this.choosesByPrefix = !when.isEmpty();
    this.otherwise = builder.otherwise;
    Thread.ofPlatform().daemon().name("scripted-server").start(this::acceptAll);
  }

  /// {@return a server without scripts yet}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a server on a free port that plays one script to every connection}
  public static ScriptedServer each(Script script) {
    return builder().otherwise(script).tcp();
  }

  /// {@return the TCP port}
  public int port() {
    return ((InetSocketAddress) address).getPort();
  }

  /// {@return where it listens}
  public SocketAddress address() {
    return address;
  }

  /// {@return how many connections were accepted}
  public int accepted() {
    lock.lock();
    try {
      return connections.size();
    } finally {
      lock.unlock();
    }
  }

  /// {@return what each connection has sent, in order of acceptance}
  public List<String> received() {
    lock.lock();
    try {
      return connections.stream().map(Wire::received).toList();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until every script of [Builder#next] and [Builder#when] has been played to its end, for
  /// [Gate#PATIENCE] at most.
  ///
  /// @throws AssertionError if one failed or was not played in time
  public void awaitScripts() {
    awaitScripts(Gate.PATIENCE);
  }

  /// As [#awaitScripts()], with another patience.
  public void awaitScripts(Duration patience) {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (failures.isEmpty() && (running > 0 || !next.isEmpty() || !when.isEmpty())) {
        if (left <= 0) {
          throw new AssertionError(
              ("scripts not played within %s: %d running, %d for the next connections, for %s;"
                      + " received %s")
                  .formatted(patience, running, next.size(), when.keySet(), escapedReceived()));
        }
        left = changed.awaitNanos(left);
      }
      throwFailures();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while scripts are played", e);
    } finally {
      lock.unlock();
    }
  }

  private List<String> escapedReceived() {
    return connections.stream().map(c -> Escaped.of(c.received())).toList();
  }

  private void throwFailures() {
    if (!failures.isEmpty()) {
      AssertionError error =
          new AssertionError("script failed: " + failures.get(0).getMessage(), failures.get(0));
      failures.subList(1, failures.size()).forEach(error::addSuppressed);
      failures.clear();
      throw error;
    }
  }

  /// Stops listening, closes all connections.
  ///
  /// @throws AssertionError if a script failed before that and nobody was told
  @Override
  public void close() {
    List<Wire> open;
    lock.lock();
    try {
      closing = true;
      open = List.copyOf(connections);
    } finally {
      lock.unlock();
    }
    try {
      listener.close();
      if (address instanceof UnixDomainSocketAddress unix) {
        Files.deleteIfExists(unix.getPath());
      }
    } catch (IOException e) {
      throw new AssertionError("cannot close " + address, e);
    }
    open.forEach(Wire::close);
    lock.lock();
    try {
      throwFailures();
    } finally {
      lock.unlock();
    }
  }

  private void fail(Throwable failure) {
    lock.lock();
    try {
      // After close, a script that still waits is told so by an exception: that is no failure.
      if (!closing) {
        failures.add(failure);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void acceptAll() {
    while (true) {
      try {
        start(listener.accept());
      } catch (IOException e) {
        fail(e);
        return;
      }
    }
  }

  private void start(SocketChannel channel) throws IOException {
    Wire wire = new Wire(channel);
    lock.lock();
    try {
      if (closing) {
        wire.close();
        return;
      }
      connections.add(wire);
      running++;
    } finally {
      lock.unlock();
    }
    // Taken here, before another connection is accepted: that is what keeps the order.
    Script script = choosesByPrefix ? c -> choose(c).play(c) : nextScript();
    Thread.ofPlatform().daemon().name("script").start(() -> play(wire, script));
  }

  private Script choose(Wire wire) {
    for (String prefix : prefixes()) {
      if (wire.startsWith(prefix)) {
        Script script = claim(prefix);
        if (script != null) {
          return script;
        }
      }
    }
    return nextScript();
  }

  private List<String> prefixes() {
    lock.lock();
    try {
      return List.copyOf(when.keySet());
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Script claim(String prefix) {
    lock.lock();
    try {
      return when.remove(prefix);
    } finally {
      lock.unlock();
    }
  }

  private Script nextScript() {
    lock.lock();
    try {
      Script script = next.poll();
      return script != null ? script : otherwise;
    } finally {
      lock.unlock();
    }
  }

  private static void refuse(Wire wire) {
    wire.reset();
    throw new AssertionError("a connection too many: no script is left for it");
  }

  private void play(Wire wire, Script script) {
    try {
      script.play(wire);
    } catch (Throwable e) {
      // Noted before the other side can notice: once it does, the test may call close().
      fail(e);
    } finally {
      wire.close();
      ended();
    }
  }

  private void ended() {
    lock.lock();
    try {
      running--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
