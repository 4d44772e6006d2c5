// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// A request thread that waits for a connection, and the event loop that makes it.
///
/// `connection` and `failure` are written by the event loop before `done`, and read after it.
/// `abandoned` is written by the request thread: the event loop then closes what it still gets.
final class PendingConnect {
  private final RequestThread waiter;
  private final ConnectSpec spec;
  private @Nullable Connection connection;
  private @Nullable ProxyException failure;
  private volatile boolean done;
  private volatile boolean abandoned;

  PendingConnect(RequestThread waiter, ConnectSpec spec) {
    this.waiter = waiter;
    this.spec = spec;
  }

  ConnectSpec spec() {
    return spec;
  }

  /// Event-loop thread.
  void connected(Connection opened) {
    connection = opened;
    done = true;
    if (abandoned) {
      opened.destroy(null);
    } else {
      opened.attach(waiter);
      waiter.signal();
    }
  }

  /// Event-loop thread.
  void failed(IOException cause) {
    failure = ConnectFailure.of(cause, spec.remote());
    done = true;
    waiter.signal();
  }

  /// {@return whether nobody waits any more}
  boolean isAbandoned() {
    return abandoned;
  }

  Connection await(long deadline) throws ProxyException {
    try {
      while (!done) {
        if (!waiter.await(deadline) && !done) {
          throw ProxyException.upstream(
              ErrorKind.CONNECT_TIMEOUT, "connecting to %s", text(spec.remote()));
        }
      }
    } finally {
      abandon();
    }
    ProxyException failed = failure;
    if (failed != null) {
      throw failed;
    }
    Connection opened = connection;
    if (opened == null) {
      throw new IllegalStateException("a connect ended without a result");
    }
    return opened;
  }

  /// A wait that ended early leaves the connection to the event loop.
  private void abandon() {
    if (done) {
      return;
    }
    abandoned = true;
    waiter.loop().post(this::dropLate);
  }

  /// Event-loop thread: the connect may have completed between the last look and `abandoned`.
  private void dropLate() {
    Connection late = connection;
    if (late != null) {
      late.destroy(null);
    }
  }

  private static String text(SocketAddress address) {
    return address.toString();
  }
}
