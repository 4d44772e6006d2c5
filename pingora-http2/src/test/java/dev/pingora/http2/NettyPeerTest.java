// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Our connections against Netty's HTTP/2, which has met the world.
final class NettyPeerTest {
  private final List<String> seen = new ArrayList<>();
  private final List<ChannelFuture> written = new ArrayList<>();
  private final List<ChannelFuture> consumptions = new ArrayList<>();
  private int contentBytes;

  /// Notes frames, and in the server's role answers every request.
  private final class Notes extends Http2ChannelDuplexHandler {
    private final boolean answers;

    Notes(boolean answers) {
      this.answers = answers;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      switch ((Http2Frame) message) {
        case Http2HeadersFrame headers -> {
          seen.add("HEADERS " + headers.headers() + " " + headers.isEndStream());
          if (answers) {
            answer(context, headers.stream());
          }
        }
        case Http2DataFrame data -> {
          contentBytes += data.content().readableBytes();
          seen.add("DATA " + data.isEndStream());
          int consumed = data.initialFlowControlledBytes();
          consumptions.add(
              context.writeAndFlush(
                  new DefaultHttp2WindowUpdateFrame(consumed).stream(data.stream())));
        }
        case Http2ResetFrame reset -> seen.add("RST_STREAM " + reset.errorCode());
        case Http2GoAwayFrame goAway -> seen.add("GOAWAY " + goAway.errorCode());
        case Http2Frame other -> seen.add(other.name());
      }
      ReferenceCountUtil.release(message);
    }

    private void answer(ChannelHandlerContext context, Http2FrameStream stream) {
      DefaultHttp2Headers headers = new DefaultHttp2Headers();
      headers.status("200").set("server", "netty").set("content-length", "5");
      written.add(context.write(new DefaultHttp2HeadersFrame(headers).stream(stream)));
      ByteBuf content = Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII);
      written.add(
          context.writeAndFlush(new DefaultHttp2DataFrame(content, true, 3).stream(stream)));
    }
  }

  private static void move(EmbeddedChannel netty, Http2Connection ours, MemorySink sink) {
    boolean moved = true;
    while (moved) {
      moved = false;
      ours.flush();
      if (sink.pendingBytes() > 0) {
        netty.writeInbound(Unpooled.wrappedBuffer(sink.take()));
        moved = true;
      }
      for (ByteBuf out = netty.readOutbound(); out != null; out = netty.readOutbound()) {
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes).release();
        ours.receive(ByteBuffer.wrap(bytes), 1_000);
        moved = true;
      }
    }
  }

  @Test
  void nettysClientTalksToOurServer() {
    ServerFixture server = ServerFixture.fresh();
    Notes notes = new Notes(false);
    EmbeddedChannel netty = new EmbeddedChannel(Http2FrameCodecBuilder.forClient().build(), notes);
    move(netty, server.connection, server.sink);
    for (int i = 0; i < 50; i++) {
      Http2FrameStream stream = notes.newStream();
      DefaultHttp2Headers headers = new DefaultHttp2Headers();
      headers.method("POST").scheme("https").path("/" + i).authority("a.example");
      headers.set("user-agent", "netty").set("cookie", "a=b").set("x-n", "n" + i);
      written.add(netty.write(new DefaultHttp2HeadersFrame(headers).stream(stream)));
      ByteBuf content = Unpooled.buffer().writeZero(10_000);
      written.add(netty.writeAndFlush(new DefaultHttp2DataFrame(content, true, 7).stream(stream)));
      move(netty, server.connection, server.sink);

      StreamLog request = server.request(i);
      assertThat(request.request().target()).isEqualTo("/" + i);
      assertThat(request.request().headers().first("x-n")).isEqualTo("n" + i);
      assertThat(request.contentBytes).isEqualTo(10_000);
      assertThat(request.ended).isTrue();
      ByteBuffer answer = ByteBuffer.allocate(100_000);
      request.onWritable = () -> request.stream().sendData(answer, true);
      request.stream().sendHeaders(ResponseHeader.of(200).set("X-Answer", "a" + i), false);
      request.stream().sendData(answer, true);
      move(netty, server.connection, server.sink);
      assertThat(answer.hasRemaining()).isFalse();
      String answered = "x-answer: a" + i;
      assertThat(seen).anyMatch(line -> line.contains(answered));
    }
    assertThat(contentBytes).isEqualTo(50 * 100_000);
    assertThat(server.connection.openStreams()).isZero();
    server.connection.shutdown(1_000);
    move(netty, server.connection, server.sink);
    assertThat(seen).contains("GOAWAY 0");
    assertThat(server.connection.state()).isEqualTo(Http2State.DRAINED);
    assertThat(written).hasSize(100).allMatch(ChannelFuture::isSuccess);
    assertThat(consumptions).allMatch(ChannelFuture::isSuccess);
    netty.finishAndReleaseAll();
  }

  @Test
  void ourClientTalksToNettysServer() {
    ClientFixture client = new ClientFixture();
    EmbeddedChannel netty =
        new EmbeddedChannel(Http2FrameCodecBuilder.forServer().build(), new Notes(true));
    move(netty, client.connection, client.sink);
    for (int i = 0; i < 50; i++) {
      StreamLog stream =
          client.request(
              RequestHeader.of("GET", "/" + i)
                  .set("Host", "a.example")
                  .set("X-Same", "s")
                  .set("X-Other", "o" + i),
              true);
      move(netty, client.connection, client.sink);

      assertThat(seen.getLast()).contains("x-other: o" + i).contains("x-same: s");
      assertThat(stream.responses.getFirst().headers().first("server")).isEqualTo("netty");
      assertThat(stream.content).hasToString("hello");
      assertThat(stream.ended).isTrue();
      stream.stream().release();
    }
    assertThat(client.log.failure).isNull();
    assertThat(written).hasSize(100).allMatch(ChannelFuture::isSuccess);
    netty.finishAndReleaseAll();
  }
}
