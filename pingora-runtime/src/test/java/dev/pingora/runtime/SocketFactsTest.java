// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import io.netty.channel.unix.Socket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the kernel tells of sockets, and that options reach it.
class SocketFactsTest {
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_TCP = 6;

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void tellsWhatTheKernelKnows(Flavour flavour) throws Exception {
    SocketTuning tuning = new SocketTuning(null, 64 << 10, 0, -1, 0);
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo()) {
      SocketFacts facts =
          rig.call(thread -> {
            ConnectSpec spec = new ConnectSpec(echo.address(), null, 0, 0, tuning);
            Connection connection = thread.loop().connect(thread, spec, RequestThread.NEVER);
            connection.write(thread, ByteBuffer.wrap(new byte[1000]), 0);
            connection.flush();
            for (int got = 0; got < 1000; got += connection.input().remaining()) {
              connection.input().position(connection.input().limit());
              assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
            }
            SocketFacts now = requireNonNull(connection.facts(thread));
            connection.close();
            return now;
          });
      assertThat(facts.receiveBuffer()).isGreaterThanOrEqualTo(64 << 10);
      assertThat(facts.sendBuffer()).isPositive();
      assertThat(facts.cookie()).isNotZero();
      assertThat(facts.originalDestination()).as("nothing redirects here").isNull();
      TcpFacts tcp = requireNonNull(facts.tcp());
      assertThat(tcp.state()).isEqualTo(1);
      assertThat(tcp.rttMicros()).isPositive();
      assertThat(tcp.bytesReceived()).isEqualTo(1000);
      assertThat(tcp.bytesSent()).isEqualTo(1000);
      assertThat(tcp.sendMss()).isPositive();
      assertThat(tcp.congestionWindow()).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void tellsNothingOfTcpForUnixSocketsAndNothingAtAllOnceClosed(
      Flavour flavour, @TempDir Path directory) throws Exception {
    ListenSpec spec = ListenSpec.of(UnixDomainSocketAddress.of(directory.resolve("s")));
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.group.listen(spec, connection -> Rig.serve(connection, Rig::echo))) {
      rig.call(thread -> {
        Connection connection =
            thread.loop().connect(thread, ConnectSpec.to(echo.address()), RequestThread.NEVER);
        SocketFacts facts = requireNonNull(connection.facts(thread));
        assertThat(facts.tcp()).isNull();
        assertThat(facts.sendBuffer()).isPositive();
        connection.reset();
        assertThat(connection.facts(thread)).isNull();
        return facts;
      });
    }
  }

  @Test
  void optionsReachTheKernel() throws Exception {
    SocketTuning tuning =
        new SocketTuning(new SocketTuning.Keepalive(61, 7, 4, 9_000), 0, 0, 46, 0);
    List<Integer> options = new ArrayList<>();
    SocketTweak look =
        descriptor -> {
          Socket socket = new Socket(descriptor);
          options.add(socket.getIntOpt(IPPROTO_TCP, 4)); // TCP_KEEPIDLE
          options.add(socket.getIntOpt(IPPROTO_TCP, 5)); // TCP_KEEPINTVL
          options.add(socket.getIntOpt(IPPROTO_TCP, 6)); // TCP_KEEPCNT
          options.add(socket.getIntOpt(IPPROTO_TCP, 18)); // TCP_USER_TIMEOUT
          options.add(socket.getIntOpt(IPPROTO_IP, 1)); // IP_TOS
        };
    try (Rig rig = Rig.of(Flavour.schedulers().getFirst());
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Connection connection =
          rig.call(thread ->
              thread
                  .loop()
                  .connect(
                      thread,
                      new ConnectSpec(server.getLocalSocketAddress(), null, 0, 0, tuning, look),
                      RequestThread.NEVER));
      connection.reset();
      assertThat(options).containsExactly(61, 7, 4, 9_000, 46 << 2);
    }
  }

  /// What changes the meaning of a connect is refused aloud where it cannot be had.
  @Test
  void portableTransportsRefuseWhatOnlyEpollHas() throws Exception {
    SocketTuning fastOpen = new SocketTuning(null, 0, 0, -1, 1);
    try (Rig rig = Rig.of(new Flavour(false, TransportKind.NIO));
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      SocketAddress remote = server.getLocalSocketAddress();
      for (ConnectSpec spec :
          List.of(
              new ConnectSpec(remote, null, 0, 0, fastOpen),
              new ConnectSpec(remote, null, 0, 0, SocketTuning.NONE, _ -> {}))) {
        assertThatThrownBy(
                () -> rig.call(thread -> thread.loop().connect(thread, spec, RequestThread.NEVER)))
            .hasMessageContaining("needs transport epoll")
            .isInstanceOfSatisfying(
                ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.SOCKET_ERROR));
      }
    }
  }

  @Test
  void readsTheStructureByItsOffsets() {
    ByteBuffer info = ByteBuffer.allocate(TcpFacts.LENGTH).order(ByteOrder.nativeOrder());
    info.put(0, (byte) 8).put(2, (byte) 200).putInt(68, -1).putInt(72, 5).putInt(220, 6);
    info.putLong(120, 7).putLong(208, 9);
    TcpFacts read = TcpFacts.read(info);
    assertThat(read.state()).isEqualTo(8);
    assertThat(read.retransmits()).isEqualTo(200);
    assertThat(read.rttMicros()).isEqualTo(0xffff_ffffL);
    assertThat(read.rttVarianceMicros()).isEqualTo(5);
    assertThat(read.bytesAcknowledged()).isEqualTo(7);
    assertThat(read.bytesRetransmitted()).isEqualTo(9);
    assertThat(read.reorderings()).isEqualTo(6);
  }
}
