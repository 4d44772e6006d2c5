// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which system interface moves the bytes.
public enum TransportKind {
  /// epoll, else kqueue, else NIO.
  AUTO,
  /// Linux, through the loop's own epoll handles.
  EPOLL,
  /// macOS and the BSDs.
  KQUEUE,
  /// The JDK's selector, everywhere.
  NIO,
  /// Linux; saves no CPU here and cannot adopt a passed listening socket.
  IO_URING;

  /// {@return the kind that AUTO stands for on this machine, or the kind itself}
  ///
  /// @throws IllegalStateException when the kind is not available here; the message says why
  public TransportKind resolve() {
    if (this == AUTO) {
      return Epoll.isAvailable() ? EPOLL : KQueue.isAvailable() ? KQUEUE : NIO;
    }
    Throwable cause = unavailability();
    if (cause != null) {
      throw new IllegalStateException(
          "transport: " + configName() + " is not available here: " + cause.getMessage(), cause);
    }
    return this;
  }

  /// {@return whether several sockets can listen on one address, and share what comes}
  boolean sharesPorts() {
    return switch (this) {
      case EPOLL, IO_URING -> true;
      case KQUEUE, NIO -> false; // SO_REUSEPORT elsewhere gives all to the last one
      case AUTO -> resolve().sharesPorts();
    };
  }

  /// {@return the name in the configuration}
  public String configName() {
    return name().toLowerCase(Locale.ROOT);
  }

  private @Nullable Throwable unavailability() {
    return switch (this) {
      case EPOLL -> Epoll.unavailabilityCause();
      case KQUEUE -> KQueue.unavailabilityCause();
      case IO_URING -> IoUring.unavailabilityCause();
      case NIO, AUTO -> null;
    };
  }

  IoHandlerFactory ioHandlerFactory() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case KQUEUE -> KQueueIoHandler.newFactory();
      case IO_URING -> IoUringIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
      case AUTO -> resolve().ioHandlerFactory();
    };
  }

  Transport transport(Loop loop) {
    return switch (this) {
      case EPOLL -> new EpollTransport(loop);
      case KQUEUE, IO_URING, NIO -> new ChannelTransport(loop, this);
      case AUTO -> resolve().transport(loop);
    };
  }

  /// {@return Netty's datagram channels for a loop of this kind; name look-ups use them}
  ChannelFactory<? extends DatagramChannel> datagramChannels() {
    return switch (this) {
      case EPOLL -> EpollDatagramChannel::new;
      case KQUEUE -> KQueueDatagramChannel::new;
      case IO_URING -> IoUringDatagramChannel::new;
      case NIO -> NioDatagramChannel::new;
      case AUTO -> resolve().datagramChannels();
    };
  }

  /// {@return Netty's stream channels for a loop of this kind; name look-ups use them}
  ChannelFactory<? extends SocketChannel> streamChannels() {
    return switch (this) {
      case EPOLL -> EpollSocketChannel::new;
      case KQUEUE -> KQueueSocketChannel::new;
      case IO_URING -> IoUringSocketChannel::new;
      case NIO -> NioSocketChannel::new;
      case AUTO -> resolve().streamChannels();
    };
  }
}
