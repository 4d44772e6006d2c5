// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorSource;
import dev.pingora.timeout.Timer;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A listening socket in the loop's epoll, level-triggered. Event-loop thread only.
final class EpollAcceptor implements Transport.Acceptor, EpollIoHandle {
  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  /// Connections accepted per turn, so that a flood does not starve those that are served.
  private static final int MAX_ACCEPTS = 64;

  /// Wait after the system refused to accept (no descriptors left): the queue stays in the kernel.
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final SocketAddress UNNAMED = UnixDomainSocketAddress.of("");

  private final Loop loop;
  private final List<Loop> serving;
  private final Socket socket;
  private final SocketAddress localAddress;
  private final SocketTuning tuning;
  private final OnAccept onAccept;
  private final boolean anyLocal;
  private final byte[] accepted = new byte[128];
  private final Timer retry = new Timer(this::resume);
  private int turn;
  private @Nullable IoRegistration registration;

  EpollAcceptor(
      Loop loop,
      List<Loop> serving,
      Socket socket,
      SocketAddress localAddress,
      SocketTuning tuning,
      OnAccept onAccept)
      throws IOException {
    this.loop = loop;
    this.serving = serving;
    this.socket = socket;
    this.localAddress = localAddress;
    this.tuning = tuning;
    this.onAccept = onAccept;
    this.anyLocal =
        localAddress instanceof InetSocketAddress inet && inet.getAddress().isAnyLocalAddress();
    IoRegistration own = loop.io().register(this).getNow();
    if (own == null) {
      throw new IOException("epoll refused the listening socket");
    }
    registration = own;
    own.submit(EpollIoOps.EPOLLIN);
  }

  @Override
  public SocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration own, IoEvent event) {
    for (int i = 0; i < MAX_ACCEPTS && socket.isOpen(); i++) {
      try {
        int descriptor = socket.accept(accepted);
        if (descriptor < 0) {
          return;
        }
        welcome(descriptor);
      } catch (IOException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "cannot accept on {0} now: {1}",
            localAddress,
            e.getMessage());
        pause();
        loop.timers().schedule(retry, loop.now() + RETRY_NANOS);
        return;
      }
    }
  }

  /// Takes the addresses while this loop's buffer holds them, then hands over to the serving loop.
  private void welcome(int descriptor) {
    Socket client = new Socket(descriptor);
    boolean inet = localAddress instanceof InetSocketAddress;
    SocketAddress remote = inet ? NativeInetAddress.address(accepted, 1, accepted[0]) : UNNAMED;
    Loop target = serving.get(turn);
    turn = turn + 1 == serving.size() ? 0 : turn + 1;
    if (target == loop) {
      open(target, client, remote);
    } else {
      target.execute(() -> open(target, client, remote));
    }
  }

  private void open(Loop target, Socket client, SocketAddress remote) {
    try {
      SocketAddress local = anyLocal ? client.localAddress() : localAddress;
      if (localAddress instanceof InetSocketAddress) {
        SocketOptions.tune(client, tuning);
      }
      EpollWire wire = new EpollWire(client);
      Connection connection = new Connection(target, wire, ErrorSource.DOWNSTREAM, remote, local);
      wire.register(target, connection);
      target.opened(connection);
      onAccept.accepted(connection);
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "a connection was gone before it was served", e);
      closeQuietly(client);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone already.
    }
  }

  @Override
  public void pause() {
    IoRegistration own = registration;
    if (own != null) {
      own.submit(EpollIoOps.EPOLLERR);
    }
  }

  @Override
  public void resume() {
    IoRegistration own = registration;
    if (own != null) {
      own.submit(EpollIoOps.EPOLLIN);
    }
  }

  @Override
  public void close() {
    IoRegistration own = registration;
    registration = null;
    loop.timers().cancel(retry);
    if (own != null) {
      own.cancel();
    }
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing the listener on " + localAddress, e);
    }
  }
}
