// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.Leaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Connections that a request thread opens, against plain JDK servers.
final class ConnectTest {
  private static final long MILLI = 1_000_000;

  private static Connection connect(RequestThread thread, ConnectSpec spec) throws ProxyException {
    Connection connection =
        thread.loop().connect(thread, spec, thread.loop().deadlineIn(20 * Rig.SECOND));
    connection.attach(thread);
    return connection;
  }

  private static String readAll(RequestThread thread, Connection connection) throws ProxyException {
    StringBuilder all = new StringBuilder();
    while (connection.read(thread, thread.loop().deadlineIn(20 * Rig.SECOND))) {
      while (connection.input().hasRemaining()) {
        all.append((char) connection.input().get());
      }
    }
    return all.toString();
  }

  private static ServerSocket server() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static ConnectSpec to(ServerSocket server) {
    return ConnectSpec.to(server.getLocalSocketAddress());
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void talksToAServer(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo()) {
      String answer =
          rig.call(thread -> {
            Connection connection = connect(thread, ConnectSpec.to(echo.address()));
            assertThat(connection.remoteAddress()).isEqualTo(echo.address());
            assertThat(connection.localAddress()).isInstanceOf(InetSocketAddress.class);
            connection.write(thread, ByteBuffer.wrap("hello".getBytes(US_ASCII)), 0);
            connection.flush();
            assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
            String text = "";
            while (text.length() < 5) {
              while (connection.input().hasRemaining()) {
                text += (char) connection.input().get();
              }
              if (text.length() < 5) {
                assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
              }
            }
            connection.close();
            return text;
          });
      assertThat(answer).isEqualTo("hello");
      Rig.eventually("both ends are closed", () -> rig.group.connectionCount() == 0);
    }
  }

  /// The event that ends the connect brings bytes and the end along, and no other edge follows.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void hearsAServerThatSpeaksFirstAndLeaves(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        ServerSocket server = server()) {
      for (int round = 0; round < 50; round++) {
        CompletableFuture<String> answer =
            rig.start(thread -> {
              CompletableFuture<Boolean> spoken = new CompletableFuture<>();
              Thread.ofPlatform().start(() -> speakAndLeave(server, spoken));
              // Queued behind the connect: the loop looks at the socket when all has come.
              CompletableFuture<Boolean> busy = new CompletableFuture<>();
              rig.loop().execute(() -> rig.loop().execute(() -> waitFor(spoken, busy)));
              Connection connection = connect(thread, to(server));
              String text = readAll(thread, connection);
              connection.close();
              return text;
            });
        assertThat(Rig.await(answer)).isEqualTo("220 ready");
      }
    }
  }

  private static void speakAndLeave(ServerSocket server, CompletableFuture<Boolean> spoken) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write("220 ready".getBytes(US_ASCII));
    } catch (IOException e) {
      spoken.completeExceptionally(e);
    }
    spoken.complete(true);
  }

  /// Holds the event loop, for a moment at most, until the server has spoken.
  private static void waitFor(CompletableFuture<Boolean> spoken, CompletableFuture<Boolean> busy) {
    long end = System.nanoTime() + 20 * MILLI;
    while (!spoken.isDone() && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    busy.complete(true);
  }

  // --- failures ---

  private static void assertFails(Rig rig, ConnectSpec spec, long nanos, ErrorKind kind) {
    assertThatThrownBy(() ->
            rig.call(
                thread -> thread.loop().connect(thread, spec, thread.loop().deadlineIn(nanos))))
        .isInstanceOfSatisfying(
            ProxyException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.source()).isEqualTo(ErrorSource.UPSTREAM);
            });
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aClosedPortRefuses(Flavour flavour) throws Exception {
    ServerSocket server = server();
    ConnectSpec spec = to(server);
    server.close();
    try (Rig rig = Rig.of(flavour)) {
      Leaks leaks = Leaks.baseline();
      for (int i = 0; i < 20; i++) {
        assertFails(rig, spec, 20 * Rig.SECOND, ErrorKind.CONNECT_REFUSED);
      }
      leaks.assertNone();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aSilentPeerTimesOutAndLeavesNoDescriptor(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        FullBacklog silent = new FullBacklog()) {
      Leaks leaks = Leaks.baseline();
      long start = System.nanoTime();
      for (int i = 0; i < 5; i++) {
        assertFails(rig, silent.spec(), 30 * MILLI, ErrorKind.CONNECT_TIMEOUT);
      }
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(150 * MILLI);
      leaks.assertNone();
      assertThat(rig.group.connectionCount()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aCancelledConnectLeavesNoDescriptor(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        FullBacklog silent = new FullBacklog()) {
      Leaks leaks = Leaks.baseline();
      AtomicReference<RequestThread> waiting = new AtomicReference<>();
      CompletableFuture<Connection> connecting =
          rig.start(thread -> {
            waiting.set(thread);
            return thread.loop().connect(thread, silent.spec(), RequestThread.NEVER);
          });
      Rig.eventually("it connects", () -> Leaks.descriptors() > 0 && waiting.get() != null);
      waiting.get().cancel();
      assertThatThrownBy(() -> Rig.await(connecting))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
      leaks.assertNone();
    }
  }

  /// The deadline passes in the moment in which the connect succeeds, again and again.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aConnectThatSucceedsTooLateIsClosed(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo()) {
      Leaks leaks = Leaks.baseline();
      List<CompletableFuture<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        long nanos = 1 + i * 3_000L;
        all.add(
            rig.start(thread -> {
              try {
                Connection connection =
                    thread
                        .loop()
                        .connect(
                            thread,
                            ConnectSpec.to(echo.address()),
                            thread.loop().deadlineIn(nanos));
                connection.close();
                return true;
              } catch (ProxyException e) {
                assertThat(e.kind()).isEqualTo(ErrorKind.CONNECT_TIMEOUT);
                return false;
              }
            }));
      }
      for (CompletableFuture<Boolean> one : all) {
        Rig.await(one);
      }
      Rig.eventually("all are closed", () -> rig.group.connectionCount() == 0);
      leaks.assertNone();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void theEndOfTheLoopEndsConnectsUnderWay(Flavour flavour) throws Exception {
    Rig.of(flavour).close(); // what the JDK opens once in a process
    Leaks leaks = Leaks.baseline();
    try (FullBacklog silent = new FullBacklog()) {
      Rig rig = Rig.of(flavour);
      AtomicReference<RequestThread> waiting = new AtomicReference<>();
      CompletableFuture<Connection> connecting =
          rig.start(thread -> {
            waiting.set(thread);
            return thread.loop().connect(thread, silent.spec(), RequestThread.NEVER);
          });
      Rig.eventually("it connects", () -> waiting.get() != null);
      var _ = rig.onEventLoop(() -> 0);
      rig.close();
      assertThatThrownBy(() -> Rig.await(connecting)).isInstanceOf(ProxyException.class);
    }
    leaks.assertNone();
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aForeignSourceAddressIsABindError(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        ServerSocket server = server()) {
      ConnectSpec spec =
          new ConnectSpec(
              server.getLocalSocketAddress(),
              InetAddress.getByName("192.0.2.1"), // TEST-NET-1: nobody's
              0,
              0,
              SocketTuning.NONE);
      Leaks leaks = Leaks.baseline();
      assertFails(rig, spec, 20 * Rig.SECOND, ErrorKind.BIND_ERROR);
      leaks.assertNone();
    }
  }

  /// A listener whose queue is full: the kernel drops further connects, which then wait.
  private static final class FullBacklog implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<SocketChannel> filling = new ArrayList<>();

    FullBacklog() throws IOException {
      for (int i = 0; i < 8; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(server.getLocalSocketAddress());
        filling.add(channel);
      }
    }

    ConnectSpec spec() {
      return to(server);
    }

    @Override
    public void close() throws IOException {
      for (SocketChannel channel : filling) {
        channel.close();
      }
      server.close();
    }
  }

  // --- where from ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void connectsFromTheAddressAndPortsAskedFor(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        ServerSocket server = server()) {
      InetAddress from = InetAddress.getByName("127.0.0.5");
      for (InetAddress source : new InetAddress[] {null, from}) {
        ConnectSpec spec =
            new ConnectSpec(
                server.getLocalSocketAddress(), source, 41_000, 41_063, SocketTuning.NONE);
        List<Connection> open = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          Connection connection = rig.call(thread -> connect(thread, spec));
          open.add(connection);
          try (Socket accepted = server.accept()) {
            assertThat(accepted.getPort()).isBetween(41_000, 41_063);
            assertThat(accepted.getRemoteSocketAddress()).isEqualTo(connection.localAddress());
            if (source != null) {
              assertThat(accepted.getInetAddress()).isEqualTo(source);
            }
          }
        }
        for (Connection connection : open) {
          rig.close(connection);
        }
      }
    }
  }

  /// Ports of the range that others hold are passed over.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void passesOverLocalPortsThatAreTaken(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        ServerSocket server = server();
        ServerSocket taken = server()) {
      int low = taken.getLocalPort();
      ConnectSpec spec =
          new ConnectSpec(
              server.getLocalSocketAddress(),
              server.getInetAddress(),
              low,
              low + 8,
              SocketTuning.NONE);
      Connection connection = rig.call(thread -> connect(thread, spec));
      try (Socket accepted = server.accept()) {
        assertThat(accepted.getPort()).isBetween(low + 1, low + 8);
      }
      rig.close(connection);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void tunesSockets(Flavour flavour) throws Exception {
    SocketTuning tuning =
        new SocketTuning(new SocketTuning.Keepalive(60, 5, 3, 10_000), 32 << 10, 32 << 10, 10, 0);
    try (Rig rig = Rig.of(flavour);
        ServerSocket server = server()) {
      ConnectSpec spec = new ConnectSpec(server.getLocalSocketAddress(), null, 0, 0, tuning);
      Connection connection = rig.call(thread -> connect(thread, spec));
      try (Socket accepted = server.accept()) {
        assertThat(accepted.isConnected()).isTrue();
      }
      rig.close(connection);
    }
  }

  // --- Unix sockets ---

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void unixSocketsListenAndConnect(Flavour flavour, @TempDir Path directory) throws Exception {
    SocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    try (Rig rig = new Rig(flavour.options(2))) {
      ListenSpec spec = new ListenSpec(address, 16, true, null, 0640, SocketTuning.NONE);
      List<Loop> serving = new ArrayList<>();
      try (Listening listening =
          rig.group.listen(
              spec,
              connection -> {
                synchronized (serving) {
                  serving.add(connection.loop());
                }
                Rig.serve(connection, Rig::echo);
              })) {
        assertThat(listening.address()).isEqualTo(address);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path(address))))
            .isEqualTo("rw-r-----");
        for (int i = 0; i < 4; i++) {
          assertThat(rig.<String>call(thread -> talk(thread, address))).isEqualTo("ping");
        }
        synchronized (serving) {
          assertThat(serving).as("in turn").containsAll(rig.group.loops());
        }
      }
    }
  }

  private static Path path(SocketAddress address) {
    return ((UnixDomainSocketAddress) address).getPath();
  }

  private static String talk(RequestThread thread, SocketAddress address) throws Exception {
    Connection connection = connect(thread, ConnectSpec.to(address));
    assertThat(connection.remoteAddress()).isEqualTo(address);
    connection.write(thread, ByteBuffer.wrap("ping".getBytes(US_ASCII)), 0);
    connection.flush();
    StringBuilder text = new StringBuilder();
    while (text.length() < 4 && connection.read(thread, RequestThread.NEVER)) {
      text.append((char) connection.input().get());
    }
    connection.close();
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void unixServersOfOthersAreReached(Flavour flavour, @TempDir Path directory) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    try (Rig rig = Rig.of(flavour);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      CompletableFuture<String> answer =
          rig.start(thread -> {
            Connection connection = connect(thread, ConnectSpec.to(address));
            String text = readAll(thread, connection);
            connection.close();
            return text;
          });
      try (SocketChannel accepted = server.accept()) {
        accepted.write(ByteBuffer.wrap("from afar".getBytes(US_ASCII)));
      }
      assertThat(Rig.await(answer)).isEqualTo("from afar");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aMissingUnixSocketIsAConnectError(Flavour flavour, @TempDir Path directory)
      throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Leaks leaks = Leaks.baseline();
      assertFails(
          rig,
          ConnectSpec.to(UnixDomainSocketAddress.of(directory.resolve("none"))),
          20 * Rig.SECOND,
          ErrorKind.CONNECT_ERROR);
      leaks.assertNone();
    }
  }
}
