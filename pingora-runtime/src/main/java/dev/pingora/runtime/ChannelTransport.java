// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorSource;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The portable transport: sockets are Netty channels of the loop's kind (NIO, kqueue, io_uring).
/// Event-loop thread only.
final class ChannelTransport implements Transport {
  /// Local ports of a range that are tried for one connect, where the kernel does not choose.
  private static final int MAX_PORTS = 64;

  private final Loop loop;
  private final Channels channels;
  private final List<Acceptor> acceptors = new ArrayList<>();

  /// Connects under way, so that the end of the loop closes their descriptors.
  private final Set<PendingConnect> connecting = new HashSet<>();

  /// Channels whose descriptors are open: io_uring closes them when the last operation has ended.
  private int open;

  /// Where the next search in a range of local ports begins.
  private int nextPort;

  ChannelTransport(Loop loop, TransportKind kind) {
    this.loop = loop;
    this.channels = new Channels(kind);
  }

  @Override
  public void connect(PendingConnect pending) {
    connect(pending, MAX_PORTS);
  }

  /// @param tries local ports to try, if they are for us to choose
  private void connect(PendingConnect pending, int tries) {
    if (pending.isAbandoned()) {
      return;
    }
    Channel channel = null;
    try {
      ConnectSpec spec = pending.spec();
      refuseWhatOnlyEpollHas(spec);
      channel = channels.client(spec.remote());
      channels.prepare(channel);
      boolean kernelsChoice = true;
      if (spec.remote() instanceof InetSocketAddress) {
        channels.tune(channel, spec.tuning());
        kernelsChoice = channels.choosesPort(channel, spec);
      }
      start(channel, pending, kernelsChoice ? 0 : tries);
    } catch (SocketOptionException | RuntimeException e) {
      if (channel != null) {
        channel.unsafe().closeForcibly();
      }
      fail(pending, e);
    }
  }

  /// What changes the meaning of a connect is refused aloud, and not left out.
  private static void refuseWhatOnlyEpollHas(ConnectSpec spec) throws SocketOptionException {
    if (spec.remote() instanceof InetSocketAddress) {
      if (spec.tuning().fastOpen() > 0) {
        throw new SocketOptionException("tcp_fast_open: needs transport epoll", null);
      }
      if (spec.socketTweak() != null) {
        throw new SocketOptionException("socket_tweak: needs transport epoll", null);
      }
    }
  }

  private void start(Channel channel, PendingConnect pending, int tries) {
    ChannelWire wire = new ChannelWire(channel);
    channel.pipeline().addLast(wire);
    ChannelFuture registered = register(channel);
    connecting.add(pending);
    pending.begun(() -> {
      connecting.remove(pending);
      wire.close();
    });
    registered.addListener(done -> {
      if (done.isSuccess()) {
        connect(wire, pending, tries);
      } else {
        fail(pending, done.cause());
      }
    });
  }

  private void connect(ChannelWire wire, PendingConnect pending, int tries) {
    ConnectSpec spec = pending.spec();
    SocketAddress local = localAddress(wire.channel(), spec, tries > 0);
    wire.channel()
        .connect(channels.address(spec.remote()), local)
        .addListener(done -> {
          connecting.remove(pending);
          if (done.isSuccess()) {
            finish(wire, pending);
            return;
          }
          wire.close();
          if (tries > 1 && isPortTaken(done.cause())) {
            connect(pending, tries - 1);
          } else {
            fail(pending, done.cause());
          }
        });
  }

  /// Netty wraps the system's failure in one of its own, to name the address.
  private static boolean isPortTaken(Throwable failure) {
    return failure instanceof BindException || failure.getCause() instanceof BindException;
  }

  /// {@return what to bind to before the connect, null = the system's choice}
  private @Nullable SocketAddress localAddress(Channel channel, ConnectSpec spec, boolean choose) {
    InetAddress bind = spec.bindAddress();
    if (!choose) {
      return bind == null ? null : new InetSocketAddress(bind, 0);
    }
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    int ports = spec.portHigh() - spec.portLow() + 1;
    int port = spec.portLow() + Math.floorMod(nextPort++, ports);
    return bind == null ? new InetSocketAddress(port) : new InetSocketAddress(bind, port);
  }

  private void finish(ChannelWire wire, PendingConnect pending) {
    SocketAddress remote = pending.spec().remote();
    SocketAddress local =
        remote instanceof InetSocketAddress ? wire.channel().localAddress() : remote;
    if (local == null) {
      wire.close();
      fail(pending, new IOException("Connection reset while it was made"));
      return;
    }
    Connection connection = new Connection(loop, wire, ErrorSource.UPSTREAM, remote, local);
    loop.opened(connection.io());
    pending.connected(connection);
    if (!connection.isClosed()) {
      wire.begin(connection.io());
    }
  }

  private void fail(PendingConnect pending, Throwable cause) {
    connecting.remove(pending);
    pending.failed(cause instanceof IOException io ? io : new IOException(cause));
  }

  @Override
  public Acceptor listen(ListenSpec spec, List<Loop> serving, OnAccept onAccept)
      throws IOException {
    ServerChannel server = channels.server(spec.address());
    try {
      channels.prepareListener(server, spec);
      succeed(register(server));
      succeed(server.bind(channels.address(spec.address())));
      spec.setUnixMode();
      SocketAddress local =
          spec.address() instanceof InetSocketAddress ? server.localAddress() : spec.address();
      ChannelAcceptor acceptor =
          new ChannelAcceptor(
              loop, server, channels, local, spec.tuning(), new Reception(serving, onAccept));
      server.pipeline().addLast(acceptor);
      acceptors.add(acceptor);
      return acceptor;
    } catch (IOException | RuntimeException e) {
      var _ = server.close();
      throw e;
    }
  }

  /// Registering and binding end at once on the event-loop thread.
  private static void succeed(ChannelFuture future) throws IOException {
    Throwable cause = future.cause();
    if (cause instanceof IOException io) {
      throw io;
    }
    if (!future.isSuccess()) {
      throw new IOException(cause);
    }
  }

  @Override
  public void close() {
    acceptors.forEach(Acceptor::close);
    List.copyOf(connecting).forEach(PendingConnect::drop);
  }

  @Override
  public boolean isClosed() {
    return open == 0;
  }

  /// Registers a channel with the loop.
  ChannelFuture register(Channel channel) {
    open++;
    channel.closeFuture().addListener(_ -> open--);
    EventLoopGroup io = loop.io();
    return io.register(channel);
  }
}
