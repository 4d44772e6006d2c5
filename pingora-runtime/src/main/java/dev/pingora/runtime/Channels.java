// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import jdk.net.ExtendedSocketOptions;

/// What each kind of Netty transport has of channels and socket options. An option that a kind does
/// not have is left out: the portable transport does what it can.
final class Channels {
  // Linux, by their numbers in <netinet/in.h> and <netinet/tcp.h>.
  private static final ChannelOption<Integer> BIND_ADDRESS_NO_PORT =
      new IntegerUnixChannelOption("IP_BIND_ADDRESS_NO_PORT", 0, 24);
  private static final ChannelOption<Integer> LOCAL_PORT_RANGE =
      new IntegerUnixChannelOption("IP_LOCAL_PORT_RANGE", 0, 51);
  private static final ChannelOption<Integer> IPV6_ONLY =
      new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

  private final TransportKind kind;

  Channels(TransportKind kind) {
    this.kind = kind;
  }

  Channel client(SocketAddress remote) {
    boolean unix = remote instanceof UnixDomainSocketAddress;
    Channel channel =
        switch (kind) {
          case NIO -> unix ? new NioDomainSocketChannel() : new NioSocketChannel();
          case KQUEUE -> unix ? new KQueueDomainSocketChannel() : new KQueueSocketChannel();
          case IO_URING -> unix ? new IoUringDomainSocketChannel() : new IoUringSocketChannel();
          case EPOLL, AUTO -> throw new IllegalStateException("no channels of kind " + kind);
        };
    channel.config().setConnectTimeoutMillis(0); // the waiting thread has a deadline of its own
    return channel;
  }

  ServerChannel server(SocketAddress address) {
    boolean unix = address instanceof UnixDomainSocketAddress;
    return switch (kind) {
      case NIO -> unix ? new NioServerDomainSocketChannel() : new NioServerSocketChannel();
      case KQUEUE -> unix ? new KQueueServerDomainSocketChannel() : new KQueueServerSocketChannel();
      case IO_URING ->
          unix ? new IoUringServerDomainSocketChannel() : new IoUringServerSocketChannel();
      case EPOLL, AUTO -> throw new IllegalStateException("no channels of kind " + kind);
    };
  }

  /// {@return the address as channels of this kind take it}
  SocketAddress address(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress unix && kind != TransportKind.NIO
        ? new DomainSocketAddress(unix.getPath().toString())
        : address;
  }

  /// Settings of a channel that [ChannelWire] rules: it reads on demand, one piece at a time.
  void prepare(Channel channel) {
    ChannelConfig config = channel.config();
    config.setAutoRead(false);
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    config.setRecvByteBufAllocator(
        new AdaptiveRecvByteBufAllocator(512, 2048, BufferPool.BUFFER_BYTES).maxMessagesPerRead(1));
    config.setWriteBufferWaterMark(
        new WriteBufferWaterMark(BufferPool.BUFFER_BYTES, 2 * BufferPool.BUFFER_BYTES));
  }

  /// Options of a connected or connecting TCP socket.
  void tune(Channel channel, SocketTuning tuning) {
    ChannelConfig config = channel.config();
    config.setOption(ChannelOption.TCP_NODELAY, true);
    SocketTuning.Keepalive keepalive = tuning.keepalive();
    if (keepalive != null) {
      config.setOption(ChannelOption.SO_KEEPALIVE, true);
      keepAlive(config, keepalive);
    }
    if (tuning.receiveBuffer() > 0) {
      config.setOption(ChannelOption.SO_RCVBUF, tuning.receiveBuffer());
    }
    if (tuning.sendBuffer() > 0) {
      config.setOption(ChannelOption.SO_SNDBUF, tuning.sendBuffer());
    }
    if (tuning.dscp() >= 0) {
      config.setOption(ChannelOption.IP_TOS, tuning.dscp() << 2); // the lower two bits are ECN's
    }
  }

  private void keepAlive(ChannelConfig config, SocketTuning.Keepalive keepalive) {
    switch (kind) {
      case NIO -> {
        config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), keepalive.idle());
        config.setOption(
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), keepalive.interval());
        config.setOption(
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), keepalive.count());
      }
      case IO_URING -> {
        config.setOption(IoUringChannelOption.TCP_KEEPIDLE, keepalive.idle());
        config.setOption(IoUringChannelOption.TCP_KEEPINTVL, keepalive.interval());
        config.setOption(IoUringChannelOption.TCP_KEEPCNT, keepalive.count());
        if (keepalive.userTimeoutMillis() > 0) {
          config.setOption(IoUringChannelOption.TCP_USER_TIMEOUT, keepalive.userTimeoutMillis());
        }
      }
      case KQUEUE, EPOLL, AUTO -> {}
    }
  }

  /// Options of a listening TCP socket, before it is bound.
  void prepareListener(Channel channel, ListenSpec spec) {
    ChannelConfig config = channel.config();
    config.setOption(ChannelOption.SO_BACKLOG, spec.backlog());
    if (!(spec.address() instanceof InetSocketAddress)) {
      return;
    }
    config.setOption(ChannelOption.SO_REUSEADDR, true);
    if (spec.reusePort() && kind.sharesPorts()) {
      config.setOption(UnixChannelOption.SO_REUSEPORT, true);
    }
    if (spec.tuning().fastOpen() > 0) {
      config.setOption(ChannelOption.TCP_FASTOPEN, spec.tuning().fastOpen());
    }
    Boolean ipv6Only = spec.ipv6Only();
    if (ipv6Only != null && kind == TransportKind.IO_URING) {
      config.setOption(IPV6_ONLY, ipv6Only ? 1 : 0);
    }
  }

  /// Leaves the choice of the local port to the kernel, within the range if there is one.
  ///
  /// @return whether the kernel does it; else the port is for us to choose
  boolean choosesPort(Channel channel, ConnectSpec spec) {
    if (kind != TransportKind.IO_URING) {
      return spec.portHigh() == 0;
    }
    if (spec.bindAddress() != null) {
      channel.config().setOption(BIND_ADDRESS_NO_PORT, 1);
    }
    return spec.portHigh() == 0
        || channel.config().setOption(LOCAL_PORT_RANGE, spec.portHigh() << 16 | spec.portLow());
  }
}
