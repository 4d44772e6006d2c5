// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorSource;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Plain sockets on the loop's own epoll. Event-loop thread only.
final class EpollTransport implements Transport {
  private final Loop loop;
  private final List<Acceptor> acceptors = new ArrayList<>();

  /// Connects under way, so that the end of the loop closes their descriptors.
  private final Set<PendingConnect> connecting = new HashSet<>();

  EpollTransport(Loop loop) {
    this.loop = loop;
  }

  @Override
  public void connect(PendingConnect pending) {
    if (pending.isAbandoned()) {
      return;
    }
    EpollWire wire = null;
    try {
      ConnectSpec spec = pending.spec();
      wire = new EpollWire(open(spec.remote()));
      prepare(wire.socket(), spec);
      if (wire.socket().connect(nettyAddress(spec.remote()))) {
        Connection connection = connectionOver(wire, spec.remote());
        wire.register(loop, connection.io());
        hand(connection, pending);
      } else {
        await(wire, pending);
      }
    } catch (IOException | RuntimeException e) {
      fail(wire, pending, e);
    }
  }

  private void await(EpollWire wire, PendingConnect pending) throws IOException {
    connecting.add(pending);
    pending.begun(() -> {
      connecting.remove(pending);
      wire.close();
    });
    wire.registerConnecting(loop, () -> finishConnect(wire, pending));
  }

  private void finishConnect(EpollWire wire, PendingConnect pending) {
    try {
      if (wire.socket().finishConnect()) {
        connecting.remove(pending);
        Connection connection = connectionOver(wire, pending.spec().remote());
        wire.connected(connection.io());
        hand(connection, pending);
      }
    } catch (IOException | RuntimeException e) {
      fail(wire, pending, e);
    }
  }

  private Connection connectionOver(EpollWire wire, SocketAddress remote) {
    SocketAddress local =
        remote instanceof InetSocketAddress ? wire.socket().localAddress() : remote;
    return new Connection(loop, wire, ErrorSource.UPSTREAM, remote, local);
  }

  private void hand(Connection connection, PendingConnect pending) {
    loop.opened(connection.io());
    pending.connected(connection);
  }

  private void fail(@Nullable EpollWire wire, PendingConnect pending, Exception cause) {
    connecting.remove(pending);
    if (wire != null) {
      wire.close();
    }
    pending.failed(cause instanceof IOException io ? io : new IOException(cause));
  }

  private static void prepare(Socket socket, ConnectSpec spec) throws IOException {
    if (!(spec.remote() instanceof InetSocketAddress)) {
      return;
    }
    SocketOptions.tune(socket, spec.tuning());
    if (spec.tuning().fastOpen() > 0) {
      SocketOptions.fastOpenConnect(socket);
    }
    if (spec.portHigh() > 0) {
      SocketOptions.localPortRange(socket, spec.portLow(), spec.portHigh());
    }
    SocketTweak tweak = spec.socketTweak();
    if (tweak != null) {
      tweak.apply(socket.intValue());
    }
    if (spec.bindAddress() != null) {
      SocketOptions.bindAddressNoPort(socket);
      socket.bind(new InetSocketAddress(spec.bindAddress(), 0));
    }
  }

  @Override
  public Acceptor listen(ListenSpec spec, List<Loop> serving, OnAccept onAccept)
      throws IOException {
    Socket socket = open(spec.address());
    try {
      if (spec.address() instanceof InetSocketAddress) {
        socket.setReuseAddress(true);
        socket.setReusePort(spec.reusePort());
        SocketOptions.setDscp(socket, spec.tuning().dscp());
        if (spec.tuning().fastOpen() > 0) {
          SocketOptions.fastOpenListen(socket, spec.tuning().fastOpen());
        }
        if (spec.ipv6Only() != null) {
          SocketOptions.ipv6Only(socket, spec.ipv6Only());
        }
      }
      socket.bind(nettyAddress(spec.address()));
      spec.setUnixMode();
      socket.listen(spec.backlog());
      SocketAddress local =
          spec.address() instanceof InetSocketAddress ? socket.localAddress() : spec.address();
      Acceptor acceptor =
          new EpollAcceptor(loop, socket, local, spec.tuning(), new Reception(serving, onAccept));
      acceptors.add(acceptor);
      return acceptor;
    } catch (IOException | RuntimeException e) {
      closeQuietly(socket);
      throw e;
    }
  }

  @Override
  public void close() {
    acceptors.forEach(Acceptor::close);
    List.copyOf(connecting).forEach(PendingConnect::drop);
  }

  @Override
  public boolean isClosed() {
    return true;
  }

  private static Socket open(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress
        ? Socket.newSocketDomain()
        : Socket.newSocketStream();
  }

  private static SocketAddress nettyAddress(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress unix
        ? new DomainSocketAddress(unix.getPath().toString())
        : address;
  }

  private static void closeQuietly(@Nullable Socket socket) {
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        // The failure that brought us here is the one to report.
      }
    }
  }
}
