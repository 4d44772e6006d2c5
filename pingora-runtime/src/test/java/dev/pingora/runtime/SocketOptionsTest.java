// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.uring.IoUringChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

/// What becomes of a [SocketTuning], read back from the system.
final class SocketOptionsTest {
  private static final InetSocketAddress SOMEWHERE = Rig.loopback();

  // <netinet/in.h>, <netinet/tcp.h>
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_TCP = 6;
  private static final int IP_TOS = 1;
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;
  private static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_KEEPCNT = 6;
  private static final int TCP_USER_TIMEOUT = 18;
  private static final int TCP_FASTOPEN_CONNECT = 30;

  private static final SocketTuning TUNING =
      new SocketTuning(new SocketTuning.Keepalive(61, 7, 4, 9_000), 40_000, 50_000, 10, 1);

  @FunctionalInterface
  private interface Use {
    void on(Socket socket) throws IOException;
  }

  private static void withSocket(Use use) throws IOException {
    TransportKind.EPOLL.resolve(); // loads the natives
    Socket socket = Socket.newSocketStream();
    try {
      use.on(socket);
    } finally {
      socket.close();
    }
  }

  @Test
  void tunesAPlainSocket() throws IOException {
    withSocket(socket -> {
      SocketOptions.tune(socket, TUNING);
      assertThat(socket.isTcpNoDelay()).isTrue();
      assertThat(socket.isKeepAlive()).isTrue();
      assertThat(socket.getIntOpt(IPPROTO_TCP, TCP_KEEPIDLE)).isEqualTo(61);
      assertThat(socket.getIntOpt(IPPROTO_TCP, TCP_KEEPINTVL)).isEqualTo(7);
      assertThat(socket.getIntOpt(IPPROTO_TCP, TCP_KEEPCNT)).isEqualTo(4);
      assertThat(socket.getIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT)).isEqualTo(9_000);
      assertThat(socket.getReceiveBufferSize()).as("Linux doubles it").isEqualTo(80_000);
      assertThat(socket.getSendBufferSize()).as("Linux doubles it").isEqualTo(100_000);
      assertThat(socket.getIntOpt(IPPROTO_IP, IP_TOS)).isEqualTo(10 << 2);
    });
  }

  @Test
  void leavesASocketAloneButForItsDelay() throws IOException {
    withSocket(plain ->
        withSocket(tuned -> {
          SocketOptions.tune(tuned, SocketTuning.NONE);
          assertThat(tuned.isTcpNoDelay()).isTrue();
          assertThat(tuned.isKeepAlive()).isFalse();
          assertThat(tuned.getReceiveBufferSize()).isEqualTo(plain.getReceiveBufferSize());
          assertThat(tuned.getSendBufferSize()).isEqualTo(plain.getSendBufferSize());
          assertThat(tuned.getIntOpt(IPPROTO_IP, IP_TOS)).isZero();
        }));
  }

  @Test
  void leavesThePortToTheKernel() throws IOException {
    withSocket(socket -> {
      SocketOptions.bindAddressNoPort(socket);
      assertThat(socket.getIntOpt(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT)).isEqualTo(1);
      SocketOptions.fastOpenConnect(socket);
      assertThat(socket.getIntOpt(IPPROTO_TCP, TCP_FASTOPEN_CONNECT)).isEqualTo(1);
    });
  }

  /// What channels of a kind say of themselves after they were tuned. Linux doubles the sizes of
  /// buffers, and the JDK halves what it is told.
  private static void assertTuned(TransportKind kind, Map<ChannelOption<Integer>, Integer> more) {
    Channels channels = new Channels(kind);
    Channel channel = channels.client(SOMEWHERE);
    try {
      channels.prepare(channel);
      channels.tune(channel, TUNING);
      assertThat(channel.config().isAutoRead()).isFalse();
      assertThat(channel.config().getOption(ChannelOption.ALLOW_HALF_CLOSURE)).isTrue();
      assertThat(channel.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
      assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
      assertThat(channel.config().getOption(ChannelOption.IP_TOS)).isEqualTo(10 << 2);
      assertThat(channel.config().getOption(ChannelOption.SO_RCVBUF)).isIn(40_000, 80_000);
      assertThat(channel.config().getOption(ChannelOption.SO_SNDBUF)).isIn(50_000, 100_000);
      more.forEach(
          (option, value) -> assertThat(channel.config().getOption(option)).isEqualTo(value));
    } finally {
      channel.unsafe().closeForcibly();
    }
  }

  @Test
  void tunesChannelsOfTheJdk() {
    assertTuned(
        TransportKind.NIO,
        Map.of(
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), 61,
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), 7,
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), 4));
  }

  @Test
  void tunesChannelsOfIoUringWhereTheKernelHasIt() {
    if (Flavour.all().stream().noneMatch(flavour -> flavour.kind() == TransportKind.IO_URING)) {
      assertThatThrownBy(TransportKind.IO_URING::resolve)
          .hasMessageContaining("transport: io_uring is not available here");
      return;
    }
    assertTuned(
        TransportKind.IO_URING,
        Map.of(
            IoUringChannelOption.TCP_KEEPIDLE, 61,
            IoUringChannelOption.TCP_KEEPINTVL, 7,
            IoUringChannelOption.TCP_KEEPCNT, 4,
            IoUringChannelOption.TCP_USER_TIMEOUT, 9_000));
  }

  @Test
  void refusesWhatNoSocketTakes() {
    assertThatThrownBy(() -> new SocketTuning(null, 0, 0, 64, 0))
        .hasMessage("dscp: 64 (expected: 0..63)");
    assertThatThrownBy(() -> new SocketTuning(null, -1, 0, 0, 0))
        .hasMessageContaining("expected: 0 or more");
  }
}
