// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Loop;
import dev.pingora.runtime.RequestThread;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Runs what needs a loop (connecting, looking names up) for threads that do not live on one.
/// Thread-safe.
public final class LoopCalls {
  private final @Nullable ServerRuntime runtime;
  private final AtomicInteger next = new AtomicInteger();

  private LoopCalls(@Nullable ServerRuntime runtime) {
    this.runtime = runtime;
  }

  /// {@return calls on the loops of a server, each on the next one}
  public static LoopCalls on(ServerRuntime runtime) {
    return new LoopCalls(runtime);
  }

  /// {@return no loops: there is no server yet}
  static LoopCalls none() {
    return new LoopCalls(null);
  }

  /// What runs on a request thread of a loop.
  ///
  /// @param <T> what it returns
  @FunctionalInterface
  public interface Call<T> {
    /// Runs once. Ends soon after [RequestThread#cancel]: waits of the engine see to it.
    T run(RequestThread thread, ServerRuntime runtime) throws Exception;
  }

  /// Runs a call on a loop and waits for it; not for the threads of a loop.
  ///
  /// @param timeout after which the call is cancelled
  /// @throws ProxyException READ_TIMEOUT when that was too short
  /// @throws Exception whatever the call throws
  public <T> T call(Duration timeout, Call<T> call) throws Exception {
    ServerRuntime own = runtime;
    if (own == null) {
      throw new IllegalStateException(
          "this needs a server that runs: add the balancer as a service");
    }
    List<Loop> loops = own.loops().loops();
    Loop loop = loops.get(Integer.remainderUnsigned(next.getAndIncrement(), loops.size()));
    Result<T> result = new Result<>();
    RequestThread thread = loop.spawn(onLoop -> result.fill(call, onLoop, own));
    boolean ended = false;
    try {
      ended = result.done.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!ended) {
        thread.cancel();
      }
    }
    if (!ended) {
      throw ProxyException.of(ErrorKind.READ_TIMEOUT, "not within %s", timeout);
    }
    return result.get();
  }

  /// Written by the loop's thread before the latch opens, read by the caller after.
  private static final class Result<T> {
    final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T value;
    private @Nullable Throwable failure;

    void fill(Call<T> call, RequestThread thread, ServerRuntime runtime) {
      try {
        value = call.run(thread, runtime);
      } catch (Throwable e) { // the root of the thread; the caller throws it
        failure = e;
      } finally {
        done.countDown();
      }
    }

    @SuppressWarnings("NullAway") // null only if the call returned null
    T get() throws Exception {
      switch (failure) {
        case null -> {}
        case Exception e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
      return value;
    }
  }
}
