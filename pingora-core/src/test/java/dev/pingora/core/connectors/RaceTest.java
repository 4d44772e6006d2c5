// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.connectors.LoopRig.Flavour;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.ConnectSpec;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import dev.pingora.runtime.SocketTuning;
import dev.pingora.testkit.Events;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Leaks;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which of several addresses is connected to, and what becomes of the others.
class RaceTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  /// A listener whose queue is full: the kernel drops further connects, which then wait.
  private static final class Silent implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    private final List<SocketChannel> filling = new ArrayList<>();

    Silent() throws IOException {
      for (int i = 0; i < 8; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(server.getLocalSocketAddress());
        filling.add(channel);
      }
    }

    SocketAddress address() {
      return server.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
      for (SocketChannel channel : filling) {
        channel.close();
      }
      server.close();
    }
  }

  private static SocketAddress refusing() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return server.getLocalSocketAddress();
    }
  }

  private static ScriptedServer open() {
    return ScriptedServer.each(Wire::skipToGone);
  }

  private static Connection race(
      RequestThread thread, long each, long total, SocketAddress... addresses)
      throws ProxyException {
    List<ConnectSpec> specs = Stream.of(addresses).map(ConnectSpec::to).toList();
    return new Race(
            thread, "app:80", specs, Race.Fallback.NONE, each, thread.loop().deadlineIn(total))
        .run();
  }

  private static SocketAddress winner(
      RequestThread thread, long each, long total, SocketAddress... addresses)
      throws ProxyException {
    Connection won = race(thread, each, total, addresses);
    SocketAddress remote = won.remoteAddress();
    won.close();
    return remote;
  }

  private static ProxyException failure(
      LoopRig rig, long each, long total, SocketAddress... addresses) {
    ProxyException[] seen = new ProxyException[1];
    assertThatThrownBy(() -> rig.call(thread -> winner(thread, each, total, addresses)))
        .isInstanceOfSatisfying(ProxyException.class, e -> seen[0] = e);
    assertThat(seen[0].source()).isEqualTo(ErrorSource.UPSTREAM);
    return seen[0];
  }

  @ParameterizedTest
  @EnumSource
  void takesTheFirstAddressAndLeavesTheOthersAlone(Flavour flavour) throws Exception {
    try (LoopRig rig = LoopRig.start(flavour);
        ScriptedServer first = open();
        ScriptedServer second = open()) {
      for (int i = 0; i < 20; i++) {
        assertThat(
                rig.<SocketAddress>call(
                    thread -> winner(thread, 0, 0, first.address(), second.address())))
            .isEqualTo(first.address());
      }
      assertThat(second.accepted()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void goesOnAtOnceWhenAnAddressRefuses(Flavour flavour) throws Exception {
    try (LoopRig rig = LoopRig.start(flavour);
        ScriptedServer server = open()) {
      SocketAddress closed = refusing();
      long begun = System.nanoTime();
      int rounds = 40;
      for (int i = 0; i < rounds; i++) {
        assertThat(
                rig.<SocketAddress>call(
                    thread -> winner(thread, 0, 0, closed, closed, server.address())))
            .isEqualTo(server.address());
      }
      assertThat(System.nanoTime() - begun)
          .as("no attempt waited for its turn")
          .isLessThan(rounds * Race.ATTEMPT_DELAY_NANOS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void doesNotWaitForASilentAddressAndLeaksNothing(Flavour flavour) throws Exception {
    try (LoopRig rig = LoopRig.start(flavour);
        Silent silent = new Silent();
        ScriptedServer server = open()) {
      assertThat(rig.<SocketAddress>call(thread -> winner(thread, 0, 0, server.address())))
          .isEqualTo(server.address());
      Leaks leaks = Leaks.baseline();
      for (int i = 0; i < 3; i++) {
        long begun = System.nanoTime();
        assertThat(
                rig.<SocketAddress>call(
                    thread -> winner(thread, 0, 0, silent.address(), server.address())))
            .isEqualTo(server.address());
        assertThat(System.nanoTime() - begun).isGreaterThan(Race.ATTEMPT_DELAY_NANOS - 10 * MILLI);
      }
      Eventually.holds("losers are closed", () -> rig.group.connectionCount() == 0);
      leaks.assertNone();
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesEveryAddressThatFailed(Flavour flavour) throws Exception {
    try (LoopRig rig = LoopRig.start(flavour);
        Silent silent = new Silent()) {
      SocketAddress one = refusing();
      SocketAddress two = refusing();
      ProxyException refused = failure(rig, 0, 0, one, two);
      assertThat(refused.kind()).isEqualTo(ErrorKind.CONNECT_REFUSED);
      assertThat(refused.getMessage())
          .contains("app:80", "127.0.0.1:" + ((InetSocketAddress) one).getPort())
          .contains("127.0.0.1:" + ((InetSocketAddress) two).getPort() + " ConnectRefused");
      ProxyException mixed = failure(rig, 50 * MILLI, 0, silent.address(), one);
      assertThat(mixed.kind()).isEqualTo(ErrorKind.CONNECT_ERROR);
      assertThat(mixed.getMessage()).contains("ConnectRefused", "ConnectTimedout");
      ProxyException single = failure(rig, 0, 0, one);
      assertThat(single.kind()).isEqualTo(ErrorKind.CONNECT_REFUSED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void boundsEachAttemptAndAllTogether(Flavour flavour) throws Exception {
    try (LoopRig rig = LoopRig.start(flavour);
        Silent silent = new Silent()) {
      assertThat(failure(rig, 0, 50 * MILLI, silent.address()).kind())
          .isEqualTo(ErrorKind.CONNECT_TIMEOUT);
      Leaks leaks = Leaks.baseline();
      assertThat(failure(rig, 50 * MILLI, 0, silent.address(), silent.address()).kind())
          .isEqualTo(ErrorKind.CONNECT_TIMEOUT);
      SocketAddress[] many = new SocketAddress[10];
      Arrays.fill(many, silent.address());
      long begun = System.nanoTime();
      ProxyException whole = failure(rig, 0, 600 * MILLI, many);
      assertThat(whole.kind()).isEqualTo(ErrorKind.CONNECT_TIMEOUT);
      assertThat(System.nanoTime() - begun).isBetween(500 * MILLI, 20 * SECOND);
      assertThat(whole.getMessage().split("127.0.0.1:", -1))
          .as("those that had begun after 0, 250 and 500 ms")
          .hasSizeGreaterThan(2);
      leaks.assertNone();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledRaceLeavesNothingBehind(Flavour flavour) throws Exception {
    try (LoopRig rig = LoopRig.start(flavour);
        Silent silent = new Silent();
        ScriptedServer server = open()) {
      assertThat(rig.<SocketAddress>call(thread -> winner(thread, 0, 0, server.address())))
          .isNotNull();
      Leaks leaks = Leaks.baseline();
      Events<Integer> begun = new Events<>();
      ConnectSpec spec =
          new ConnectSpec(silent.address(), null, 0, 0, SocketTuning.NONE, begun::add);
      RequestThread[] racing = new RequestThread[1];
      var result =
          rig.start(thread -> {
            racing[0] = thread;
            return run(thread, spec, Race.Fallback.NONE);
          });
      begun.await(1);
      racing[0].cancel();
      assertThatThrownBy(() -> LoopRig.await(result))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
      leaks.assertNone();
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesAnyPortWhenThoseAllowedAreTakenAndThatIsWanted(Flavour flavour) throws Exception {
    try (LoopRig rig = LoopRig.start(flavour);
        ScriptedServer server = open()) {
      ConnectSpec narrow =
          new ConnectSpec(server.address(), null, 43_210, 43_211, SocketTuning.NONE);
      List<Connection> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        held.add(rig.call(thread -> thread.loop().connect(thread, narrow, RequestThread.NEVER)));
      }
      assertThatThrownBy(() -> rig.call(thread -> run(thread, narrow, Race.Fallback.NONE)))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BIND_ERROR));
      Connection other = rig.call(thread -> run(thread, narrow, Race.Fallback.ANY_PORT));
      assertThat(((InetSocketAddress) other.localAddress()).getPort()).isNotIn(43_210, 43_211);
      held.add(other);
      held.forEach(Connection::reset);
    }
  }

  private static Connection run(RequestThread thread, ConnectSpec spec, Race.Fallback fallback)
      throws ProxyException {
    return new Race(thread, "app:80", List.of(spec), fallback, 0, RequestThread.NEVER).run();
  }

  @Test
  void familiesTakeTurns() {
    assertThat(order("::1", "::2", "::3", "10.0.0.1", "10.0.0.2"))
        .isEqualTo(addresses("::1", "10.0.0.1", "::2", "10.0.0.2", "::3"));
    assertThat(order("10.0.0.1", "::1", "10.0.0.2", "10.0.0.3"))
        .isEqualTo(addresses("10.0.0.1", "::1", "10.0.0.2", "10.0.0.3"));
    assertThat(order("10.0.0.2", "10.0.0.1")).isEqualTo(addresses("10.0.0.2", "10.0.0.1"));
  }

  private static List<InetAddress> order(String... literals) {
    return Interleaving.of(addresses(literals));
  }

  private static List<InetAddress> addresses(String... literals) {
    return Stream.of(literals).map(InetAddress::ofLiteral).toList();
  }

  @Test
  void theDelayIsThatOfTheStandard() {
    assertThat(Duration.ofNanos(Race.ATTEMPT_DELAY_NANOS)).isEqualTo(Duration.ofMillis(250));
  }
}
