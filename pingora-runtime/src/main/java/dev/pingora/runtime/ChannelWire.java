// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A Netty channel as a [Wire]: the portable transport. Event-loop thread only.
///
/// A channel pushes, a wire is pulled from. So one read is always under way while nothing has
/// arrived that was not taken: what it brings is the edge that [WireEvents#onReadable] tells of,
/// and no second read is asked for before the first was emptied. Back-pressure is at most one piece
/// (64 KiB) late.
///
/// Output is copied, one piece at a time: the system may still read from it after the buffer was
/// given up here (io_uring). A piece counts as sent when the channel says so; until then [#send]
/// takes nothing, and is asked again with the same buffer.
final class ChannelWire extends ChannelInboundHandlerAdapter implements Wire {
  private final Channel channel;
  private final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>();
  private @Nullable WireEvents events;
  private boolean reading;
  private boolean ended;
  private @Nullable IOException readFailure;

  /// Bytes of the piece under way, 0 if there is none, and whether they have been taken.
  private int underWay;

  private boolean taken;
  private boolean sending;
  private @Nullable IOException writeFailure;

  ChannelWire(Channel channel) {
    this.channel = channel;
  }

  Channel channel() {
    return channel;
  }

  /// Starts to report to `target`, what has happened before included.
  void begin(WireEvents target) {
    events = target;
    if (ended || !channel.isActive()) {
      hangUp();
    } else if (arrived.isEmpty()) {
      ask();
    } else {
      target.onReadable();
    }
  }

  // --- the channel's side ---

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    arrived.add((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    WireEvents target = events;
    if (arrived.isEmpty()) {
      ask();
    } else if (target != null) {
      target.onReadable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      hangUp();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    hangUp();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (readFailure == null) {
      readFailure = cause instanceof IOException io ? io : new IOException(cause);
    }
    hangUp();
  }

  private void hangUp() {
    ended = true;
    reading = false;
    WireEvents target = events;
    if (target != null) {
      target.onHangup();
    }
  }

  private void ask() {
    if (!reading && !ended && events != null && channel.isActive()) {
      reading = true;
      channel.read();
    }
  }

  private void onWritten(Future<?> written) {
    Throwable cause = written.cause();
    if (cause == null) {
      taken = true;
    } else if (writeFailure == null) {
      writeFailure = cause instanceof IOException io ? io : new IOException(cause);
    }
    WireEvents target = events;
    if (!sending && target != null) {
      target.onWritable();
    }
  }

  // --- the connection's side ---

  @Override
  public int receive(Buffer into) throws IOException {
    if (arrived.isEmpty()) {
      return nothing();
    }
    ByteBuffer bytes = into.bytes;
    bytes.clear();
    for (ByteBuf next = arrived.peek(); next != null; next = arrived.peek()) {
      bytes.limit(Math.min(bytes.capacity(), bytes.position() + next.readableBytes()));
      next.readBytes(bytes);
      if (next.isReadable()) {
        break;
      }
      arrived.remove();
      next.release();
    }
    if (arrived.isEmpty()) {
      ask();
    }
    return bytes.position();
  }

  private int nothing() throws IOException {
    IOException failure = readFailure;
    if (failure != null) {
      throw failure;
    }
    ask();
    return ended ? END : NOTHING;
  }

  @Override
  public int send(Buffer from) throws IOException {
    ByteBuffer bytes = from.bytes;
    if (underWay == 0 && bytes.hasRemaining()) {
      start(bytes);
    }
    IOException failure = writeFailure;
    if (failure != null) {
      throw failure;
    }
    if (!taken) {
      return 0;
    }
    int n = underWay;
    underWay = 0;
    taken = false;
    bytes.position(bytes.position() + n);
    return n;
  }

  private void start(ByteBuffer bytes) {
    underWay = bytes.remaining();
    ByteBuf copy = channel.alloc().directBuffer(underWay);
    copy.writeBytes(bytes.duplicate());
    sending = true;
    channel.writeAndFlush(copy).addListener(this::onWritten);
    sending = false;
  }

  /// The channel tells by itself when the piece under way was taken.
  @Override
  public void awaitWritable() {}

  @Override
  public void shutdownOutput() throws IOException {
    if (!channel.isOpen()) {
      throw new ClosedChannelException();
    }
    Throwable cause = ((DuplexChannel) channel).shutdownOutput().cause();
    if (cause != null) {
      throw cause instanceof IOException io ? io : new IOException(cause);
    }
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() {
    events = null;
    var _ = channel.close();
    for (ByteBuf next = arrived.poll(); next != null; next = arrived.poll()) {
      next.release();
    }
  }

  @Override
  public void reset() {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (RuntimeException e) {
      // A plain close follows: the peer sees an end instead of a reset.
    }
    close();
  }
}
