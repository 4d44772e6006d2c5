// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TestCertificates;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Netty's TLS handler over each provider.
final class EngineNettyTest {
  private static final int LARGE = 8 << 20;
  private static final String PROTOCOL = "echo";

  @ParameterizedTest(name = "client of {0}, server of {1}")
  @MethodSource("dev.pingora.conformance.EngineContexts#pairs")
  void echoesLargeContent(EngineContexts.Maker client, EngineContexts.Maker server)
      throws Exception {
    byte[] content = new byte[LARGE];
    new Random(4).nextBytes(content);
    SSLContext asking = client.make(null, EngineContexts.trust());
    SSLContext serving =
        server.make(EngineContexts.keys(TestCertificates.server()), EngineContexts.trust());
    MultiThreadIoEventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    try {
      Channel listener =
          new ServerBootstrap()
              .group(loops)
              .channel(NioServerSocketChannel.class)
              .childHandler(secure(() -> engine(serving, false), Echo::new))
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel();
      Collect collect = new Collect(LARGE);
      Channel own =
          new Bootstrap()
              .group(loops)
              .channel(NioSocketChannel.class)
              .handler(secure(() -> engine(asking, true), () -> collect))
              .connect(listener.localAddress())
              .sync()
              .channel();
      SslHandler tls = own.pipeline().get(SslHandler.class);
      tls.handshakeFuture().sync();
      own.writeAndFlush(Unpooled.wrappedBuffer(content)).sync();
      assertThat(collect.all.get(30, TimeUnit.SECONDS)).isEqualTo(content);
      assertThat(tls.engine().getApplicationProtocol()).isEqualTo(PROTOCOL);
      own.close().sync();
      assertThat(tls.engine().isOutboundDone()).isTrue();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private static SSLEngine engine(SSLContext context, boolean client) {
    SSLEngine engine =
        client ? context.createSSLEngine(TestCertificates.NAME, 443) : context.createSSLEngine();
    engine.setUseClientMode(client);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {PROTOCOL});
    if (client) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static ChannelInitializer<SocketChannel> secure(
      Supplier<SSLEngine> engine, Supplier<ChannelInboundHandlerAdapter> last) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        channel.pipeline().addLast(new SslHandler(engine.get()), last.get());
      }
    };
  }

  /// Sends back what comes.
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var _ = context.writeAndFlush(message);
    }
  }

  /// Waits for so many octets.
  private static final class Collect extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<byte[]> all = new CompletableFuture<>();
    private final byte[] octets;
    private int length;

    Collect(int expected) {
      octets = new byte[expected];
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf some = (ByteBuf) message;
      int count = some.readableBytes();
      some.readBytes(octets, length, count);
      length += count;
      some.release();
      if (length == octets.length) {
        all.complete(octets);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      all.completeExceptionally(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      all.completeExceptionally(new AssertionError("ended after " + length));
    }
  }
}
