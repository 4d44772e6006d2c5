// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorSource;
import dev.pingora.timeout.Timer;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A listening socket in the loop's epoll, level-triggered. Event-loop thread only.
final class EpollAcceptor implements Transport.Acceptor, EpollIoHandle {
  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  /// Connections accepted per turn, so that a flood does not starve those that are served.
  private static final int MAX_ACCEPTS = 64;

  /// Wait after the system refused to accept (no descriptors left): the queue stays in the kernel.
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// ENOMEM, ENFILE, EMFILE, ENOBUFS of Linux.
  private static final Set<Integer> EXHAUSTION = Set.of(12, 23, 24, 105);

  private static final SocketAddress UNNAMED = UnixDomainSocketAddress.of("");

  private final Loop loop;
  private final Socket socket;
  private final SocketAddress localAddress;
  private final SocketTuning tuning;
  private final Reception reception;
  private final boolean anyLocal;
  private final byte[] accepted = new byte[128];
  private final Timer retry = new Timer(this::onRetry);

  /// The owner of the listener wants no more connections for now.
  private boolean paused;

  /// The system has no descriptor or memory for more connections; looked at again after a while.
  private boolean refused;

  private long quietUntil;
  private @Nullable IoRegistration registration;

  EpollAcceptor(
      Loop loop,
      Socket socket,
      SocketAddress localAddress,
      SocketTuning tuning,
      Reception reception)
      throws IOException {
    this.loop = loop;
    this.socket = socket;
    this.localAddress = localAddress;
    this.tuning = tuning;
    this.reception = reception;
    this.quietUntil = loop.now();
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
    for (int i = 0; i < MAX_ACCEPTS && socket.isOpen() && !paused && !refused; i++) {
      try {
        int descriptor = socket.accept(accepted);
        if (descriptor < 0) {
          return;
        }
        welcome(new Socket(descriptor));
      } catch (IOException e) {
        onRefusal(e);
      } catch (RuntimeException e) { // an exception here would cost other sockets their edges
        LOG.log(System.Logger.Level.ERROR, "accepting on " + localAddress + " failed", e);
      }
    }
  }

  /// What the network did to one new connection (accept(2): ENETDOWN, EPROTO, …) is its own affair;
  /// when the system has no descriptor or memory left, the others wait in the kernel's queue.
  private void onRefusal(IOException e) {
    if (!(e instanceof Errors.NativeIoException refusal)
        || !EXHAUSTION.contains(-refusal.expectedErr())) {
      return;
    }
    refused = true;
    listenNow();
    loop.timers().schedule(retry, loop.now() + RETRY_NANOS);
    if (loop.now() - quietUntil >= 0) {
      quietUntil = loop.now() + QUIET_NANOS;
      LOG.log(
          System.Logger.Level.WARNING, "cannot accept on {0}: {1}", localAddress, e.getMessage());
    }
  }

  /// Takes the addresses while this loop's buffer holds them, then hands over to the serving loop.
  private void welcome(Socket client) {
    boolean inet = localAddress instanceof InetSocketAddress;
    SocketAddress remote = inet ? NativeInetAddress.address(accepted, 1, accepted[0]) : UNNAMED;
    Loop target = reception.next();
    if (target == loop) {
      open(target, client, remote);
    } else if (!target.post(() -> open(target, client, remote))) {
      closeQuietly(client);
    }
  }

  private void open(Loop target, Socket client, SocketAddress remote) {
    Connection connection;
    try {
      SocketAddress local = anyLocal ? client.localAddress() : localAddress;
      if (localAddress instanceof InetSocketAddress) {
        SocketOptions.tune(client, tuning);
      }
      EpollWire wire = new EpollWire(client);
      connection = new Connection(target, wire, ErrorSource.DOWNSTREAM, remote, local);
      wire.register(target, connection.io());
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "a connection was gone before it was served", e);
      closeQuietly(client);
      return;
    }
    reception.introduce(connection);
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
    paused = true;
    listenNow();
  }

  @Override
  public void resume() {
    paused = false;
    listenNow();
  }

  private void onRetry() {
    refused = false;
    listenNow();
  }

  /// Asks epoll for what is wanted now: new connections, or nothing but errors. (No interest at all
  /// would make Netty forget the descriptor, and refuse to ask for it again.)
  private void listenNow() {
    IoRegistration own = registration;
    if (own != null) {
      own.submit(paused || refused ? EpollIoOps.EPOLLERR : EpollIoOps.EPOLLIN);
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
