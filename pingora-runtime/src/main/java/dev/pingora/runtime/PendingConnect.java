// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// An attempt to connect: a request thread that is signalled when it has ended, and the event loop
/// that makes it. A thread may have several under way. Each must come to [#connection] or to
/// [#abandon], else a descriptor leaks.
///
/// `connection` and `failure` are written by the event loop before `done`, and read after it. A
/// request thread that gives up sets `abandoned` and asks the event loop to drop what there is: the
/// attempt under way, or the connection that was made in this very moment.
public final class PendingConnect {
  private final RequestThread waiter;
  private final ConnectSpec spec;
  private @Nullable Connection connection;
  private @Nullable ProxyException failure;
  private volatile boolean done;
  private volatile boolean abandoned;

  /// Ends the attempt under way. Event-loop thread only.
  private @Nullable Runnable canceller;

  PendingConnect(RequestThread waiter, ConnectSpec spec) {
    this.waiter = waiter;
    this.spec = spec;
  }

  ConnectSpec spec() {
    return spec;
  }

  /// The attempt is under way. Event-loop thread.
  ///
  /// @param cancel gives back whatever it holds; idempotent
  void begun(Runnable cancel) {
    canceller = cancel;
  }

  /// Event-loop thread.
  void connected(Connection opened) {
    canceller = null;
    connection = opened;
    done = true;
    if (abandoned) {
      opened.io().destroy(null);
    } else {
      opened.attach(waiter);
      waiter.signal();
    }
  }

  /// Event-loop thread.
  void failed(IOException cause) {
    canceller = null;
    failure = ConnectFailure.of(cause, spec.remote());
    done = true;
    waiter.signal();
  }

  /// {@return whether nobody waits any more}
  boolean isAbandoned() {
    return abandoned;
  }

  /// {@return whether the attempt has ended, well or badly} The waiting thread is signalled then.
  public boolean isDone() {
    return done;
  }

  /// {@return the connection, owned by the thread that asked for it; once [#isDone]}
  ///
  /// @throws ProxyException of a CONNECT kind, source UPSTREAM, if it failed
  public Connection connection() throws ProxyException {
    if (!done) {
      throw new IllegalStateException("the attempt has not ended");
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

  /// Gives the attempt up: what it holds is closed, also a connection that was made already. The
  /// waiting thread's; idempotent.
  public void abandon() {
    if (!abandoned) {
      abandoned = true;
      waiter.loop().post(this::drop);
    }
  }

  Connection await(long deadline) throws ProxyException {
    boolean ended = false;
    try {
      while (!done) {
        if (!waiter.await(deadline) && !done) {
          throw ProxyException.upstream(
              ErrorKind.CONNECT_TIMEOUT, "connecting to %s", spec.remote());
        }
      }
      ended = true;
    } finally {
      if (!ended) {
        abandon();
      }
    }
    return connection();
  }

  /// Nobody waits any more. Event-loop thread.
  void drop() {
    Runnable cancel = canceller;
    canceller = null;
    if (cancel != null) {
      cancel.run();
    }
    Connection late = connection;
    if (late != null) {
      late.io().destroy(null);
    }
  }
}
