// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// A loop group under test, with what tests ask of it. Every wait has a deadline.
final class Rig implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(20);
  static final long SECOND = 1_000_000_000L;

  final LoopGroup group;

  Rig(LoopGroupOptions options) {
    group = LoopGroup.open(options);
  }

  static Rig of(Flavour flavour) {
    return new Rig(flavour.options(1));
  }

  Loop loop() {
    return group.loops().getFirst();
  }

  @FunctionalInterface
  interface Body<T> {
    T run(RequestThread thread) throws Exception;
  }

  /// Runs `body` on a request thread of the first loop and waits for its result.
  <T> T call(Body<T> body) throws Exception {
    return await(start(body));
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
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new AssertionError("nothing for " + LIMIT, e);
    }
  }

  /// Runs `call` on the event-loop thread.
  <T> T onEventLoop(Callable<T> call) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop()
        .execute(() -> {
          try {
            result.complete(call.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return await(result);
  }

  /// Looks every few milliseconds until the claim holds.
  static void eventually(String claim, BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + LIMIT + ": " + claim);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  Listening listen(OnAccept onAccept) throws ProxyException {
    return group.listen(ListenSpec.of(loopback()), onAccept);
  }

  /// Serves every accepted connection with a request thread of its own.
  Listening serve(Service service) throws ProxyException {
    return listen(connection -> serve(connection, service));
  }

  static void serve(Connection connection, Service service) {
    var _ =
        connection
            .loop()
            .spawn(thread -> {
              connection.attach(thread);
              service.serve(thread, connection);
            });
  }

  @FunctionalInterface
  interface Service {
    void serve(RequestThread thread, Connection connection) throws Exception;
  }

  /// Sends back what comes, until the end.
  Listening echo() throws ProxyException {
    return serve(Rig::echo);
  }

  static void echo(RequestThread thread, Connection connection) {
    try {
      while (connection.read(thread, RequestThread.NEVER)) {
        connection.awaitRoom(thread, 0);
        connection.moveFrom(connection, connection.input().remaining());
        connection.flush();
      }
      connection.close();
    } catch (ProxyException e) {
      connection.reset();
    }
  }

  /// A connection over a wire that the test plays.
  Connection over(FakeWire wire) throws Exception {
    return onEventLoop(() -> {
      SocketAddress nowhere = loopback();
      Connection connection =
          new Connection(loop(), wire, ErrorSource.DOWNSTREAM, nowhere, nowhere);
      loop().opened(connection.io());
      return connection;
    });
  }

  /// Closes a connection of the first loop from outside of it.
  void close(Connection connection) throws Exception {
    onEventLoop(() -> {
      connection.close();
      return true;
    });
  }

  /// Bytes arrive on a connection over a fake wire.
  void arrive(Connection connection, FakeWire wire, byte... bytes) {
    loop()
        .execute(() -> {
          wire.incoming.add(bytes);
          connection.io().onReadable();
        });
  }

  /// {@return buffers that are neither free nor given back; the loop is busy meanwhile}
  long buffersInUse() throws Exception {
    return onEventLoop(() -> {
      List<Buffer> free = new ArrayList<>();
      for (Buffer next = loop().buffers().pop(); next != null; next = loop().buffers().pop()) {
        free.add(next);
      }
      free.forEach(loop().buffers()::release);
      return group.bufferBudget().reserved() / BufferPool.BUFFER_BYTES - free.size();
    });
  }

  void assertNoBufferInUse() throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    for (long inUse = buffersInUse(); inUse != 0; inUse = buffersInUse()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("buffers that did not come back: " + inUse);
      }
    }
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  static Socket client(Listening listening) throws IOException {
    return client(listening.address());
  }

  static Socket client(SocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout((int) LIMIT.toMillis());
    socket.setTcpNoDelay(true);
    socket.connect(address, (int) LIMIT.toMillis());
    return socket;
  }

  @Override
  public void close() {
    group.close();
  }
}
