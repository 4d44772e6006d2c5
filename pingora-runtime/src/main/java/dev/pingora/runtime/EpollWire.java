// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/// A socket registered with the loop's epoll directly, without a Netty channel in between:
/// edge-triggered, registered once for input and hang-up; for output too from the first short send
/// on. Event-loop thread only.
final class EpollWire implements Wire, EpollIoHandle {
  /// `EPOLLHUP | EPOLLERR` as the kernel reports them.
  private static final int BROKEN = 0x10 | 0x08;

  private static final EpollIoOps INPUT_EDGES =
      EpollIoOps.valueOf(
          EpollIoOps.EPOLLIN.value() | EpollIoOps.EPOLLRDHUP.value() | EpollIoOps.EPOLLET.value());

  private static final EpollIoOps ALL_EDGES = INPUT_EDGES.with(EpollIoOps.EPOLLOUT);

  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  private final Socket socket;
  private @Nullable IoRegistration registration;
  private @Nullable WireEvents events;
  private @Nullable Runnable onConnect;
  private boolean outputArmed;

  EpollWire(Socket socket) {
    this.socket = socket;
  }

  /// Starts to report to `target`.
  void register(Loop loop, WireEvents target) throws IOException {
    events = target;
    arm(loop, INPUT_EDGES);
  }

  /// Reports the end of a connect in progress, once, instead of events.
  void registerConnecting(Loop loop, Runnable whenDone) throws IOException {
    onConnect = whenDone;
    outputArmed = true;
    arm(loop, ALL_EDGES);
  }

  /// The connect has ended well: from here on events go to `target`.
  void connected(WireEvents target) {
    onConnect = null;
    events = target;
    IoRegistration own = registration;
    if (own != null) {
      outputArmed = false;
      own.submit(INPUT_EDGES);
    }
  }

  private void arm(Loop loop, EpollIoOps edges) throws IOException {
    IoRegistration own = loop.io().register(this).getNow();
    if (own == null) {
      throw new IOException("epoll refused " + socket);
    }
    registration = own;
    own.submit(edges);
  }

  Socket socket() {
    return socket;
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration own, IoEvent event) {
    try {
      dispatch(((EpollIoEvent) event).ops().value());
    } catch (RuntimeException e) { // an exception here would cost other sockets their edges
      LOG.log(System.Logger.Level.ERROR, "an event of " + events + " failed", e);
      close();
    }
  }

  /// The event that ends a connect may also bring bytes or an end, and no other edge tells of them.
  private void dispatch(int ops) {
    Runnable connecting = onConnect;
    if (connecting != null) {
      connecting.run();
    }
    WireEvents target = events;
    if (target == null) {
      return;
    }
    if ((ops & EpollIoOps.EPOLLOUT.value()) != 0) {
      target.onWritable();
    }
    if ((ops & (EpollIoOps.EPOLLRDHUP.value() | BROKEN)) != 0) {
      target.onHangup();
    } else if ((ops & EpollIoOps.EPOLLIN.value()) != 0) {
      target.onReadable();
    }
  }

  @Override
  public int receive(Buffer into) throws IOException {
    requireOpen();
    try {
      // SAFETY: the address is that of a live direct buffer of this capacity, which we own.
      return socket.recvAddress(into.address, 0, into.capacity());
    } catch (NotYetConnectedException e) {
      throw notConnected(e);
    }
  }

  @Override
  public int send(Buffer from) throws IOException {
    requireOpen();
    ByteBuffer bytes = from.bytes;
    try {
      // SAFETY: position and limit lie within the live direct buffer behind the address.
      int n = socket.sendAddress(from.address, bytes.position(), bytes.limit());
      bytes.position(bytes.position() + n);
      return n;
    } catch (NotYetConnectedException e) {
      throw notConnected(e);
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    requireOpen();
    try {
      socket.shutdown(false, true);
    } catch (NotYetConnectedException e) {
      throw notConnected(e);
    }
  }

  /// The number of a closed descriptor may be another socket's by now.
  private void requireOpen() throws ClosedChannelException {
    if (!socket.isOpen()) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void awaitWritable() {
    IoRegistration own = registration;
    if (!outputArmed && own != null) {
      outputArmed = true;
      own.submit(ALL_EDGES); // reports at once if the socket has room again by now
    }
  }

  /// ENOTCONN, which Netty takes for a mistake of ours: the peer has reset the connection.
  private static IOException notConnected(NotYetConnectedException cause) {
    return new IOException("Transport endpoint is not connected", cause);
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public @Nullable SocketFacts facts() {
    return socket.isOpen() ? SocketOptions.facts(socket) : null;
  }

  @Override
  public void close() {
    if (!socket.isOpen()) {
      return;
    }
    IoRegistration own = registration;
    registration = null;
    if (own != null) {
      own.cancel();
    }
    try {
      socket.close();
    } catch (IOException e) {
      // Nobody can do more about a descriptor that does not close; the kernel has dropped it.
    }
  }

  @Override
  public void reset() {
    try {
      socket.setSoLinger(0);
    } catch (IOException e) {
      // A plain close follows: the peer sees an end instead of a reset.
    }
    close();
  }
}
