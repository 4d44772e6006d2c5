// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorSource;
import dev.pingora.timeout.Timer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;

/// A listening Netty channel. Event-loop thread only.
final class ChannelAcceptor extends ChannelInboundHandlerAdapter implements Transport.Acceptor {
  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  /// Wait after the system refused to accept (no descriptors left): the queue stays in the kernel.
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final SocketAddress UNNAMED = UnixDomainSocketAddress.of("");

  private final Loop loop;
  private final ServerChannel server;
  private final Channels channels;
  private final SocketAddress localAddress;
  private final SocketTuning tuning;
  private final Reception reception;
  private final Timer retry = new Timer(this::onRetry);
  private boolean paused;
  private boolean refused;
  private long quietUntil;

  /// @param server bound and registered with the loop
  /// @param localAddress as the listener's owner knows it
  ChannelAcceptor(
      Loop loop,
      ServerChannel server,
      Channels channels,
      SocketAddress localAddress,
      SocketTuning tuning,
      Reception reception) {
    this.loop = loop;
    this.server = server;
    this.channels = channels;
    this.localAddress = localAddress;
    this.tuning = tuning;
    this.reception = reception;
    this.quietUntil = loop.now();
  }

  @Override
  public SocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel client = (Channel) message;
    Loop target = reception.next();
    if (target.inEventLoop()) {
      open(target, client);
    } else if (!target.post(() -> open(target, client))) {
      client.unsafe().closeForcibly();
    }
  }

  private void open(Loop target, Channel client) {
    ChannelWire wire = new ChannelWire(client);
    try {
      channels.prepare(client);
      if (localAddress instanceof InetSocketAddress) {
        channels.tune(client, tuning);
      }
      client.pipeline().addLast(wire);
      ((ChannelTransport) target.transport())
          .register(client)
          .addListener(done -> {
            if (done.isSuccess()) {
              introduce(target, wire);
            }
          });
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "a connection was gone before it was served", e);
      client.unsafe().closeForcibly();
    }
  }

  private void introduce(Loop target, ChannelWire wire) {
    boolean inet = localAddress instanceof InetSocketAddress;
    SocketAddress local = inet ? wire.channel().localAddress() : localAddress;
    SocketAddress remote = inet ? wire.channel().remoteAddress() : UNNAMED;
    if (local == null || remote == null) {
      wire.close(); // the peer has left
      return;
    }
    Connection connection = new Connection(target, wire, ErrorSource.DOWNSTREAM, remote, local);
    reception.introduce(connection);
    wire.begin(connection.io());
  }

  /// The system has no descriptor or memory for more connections; looked at again after a while.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    refused = true;
    listenNow();
    loop.timers().schedule(retry, loop.now() + RETRY_NANOS);
    if (loop.now() - quietUntil >= 0) {
      quietUntil = loop.now() + QUIET_NANOS;
      LOG.log(
          System.Logger.Level.WARNING,
          "cannot accept on {0}: {1}",
          localAddress,
          String.valueOf(cause.getMessage()));
    }
  }

  private void onRetry() {
    refused = false;
    listenNow();
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

  private void listenNow() {
    server.config().setAutoRead(!paused && !refused);
  }

  @Override
  public void close() {
    loop.timers().cancel(retry);
    var _ = server.close();
  }
}
