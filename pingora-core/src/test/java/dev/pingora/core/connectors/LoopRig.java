// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.runtime.Loop;
import dev.pingora.runtime.LoopGroup;
import dev.pingora.runtime.LoopGroupOptions;
import dev.pingora.runtime.RequestThread;
import dev.pingora.testkit.Gate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Loops to run connectors on. Every wait has a deadline.
final class LoopRig implements AutoCloseable {
  final LoopGroup group;

  private LoopRig(LoopGroup group) {
    this.group = group;
  }

  /// Where request threads run.
  enum Flavour {
    BOUND,
    STEALING
  }

  static LoopRig start(Flavour flavour) {
    return start(flavour, 1);
  }

  static LoopRig start(Flavour flavour, int loops) {
    return new LoopRig(
        LoopGroup.open(
            LoopGroupOptions.of("test", loops).withWorkStealing(flavour == Flavour.STEALING)));
  }

  Loop loop() {
    return group.loops().getFirst();
  }

  /// What a test does on a request thread.
  @FunctionalInterface
  interface Body<T> {
    T run(RequestThread thread) throws Exception;
  }

  /// Runs `body` on a request thread of the first loop and waits for its result.
  <T> T call(Body<T> body) throws Exception {
    return await(start(loop(), body));
  }

  <T> CompletableFuture<T> start(Body<T> body) {
    return start(loop(), body);
  }

  static <T> CompletableFuture<T> start(Loop loop, Body<T> body) {
    CompletableFuture<T> result = new CompletableFuture<>();
    var _ =
        loop.spawn(thread -> {
          try {
            result.complete(body.run(thread));
          } catch (Throwable e) { // the test's to judge
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  static <T> T await(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(Gate.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new AssertionError("nothing for " + Gate.PATIENCE, e);
    }
  }

  @Override
  public void close() {
    group.close();
  }
}
