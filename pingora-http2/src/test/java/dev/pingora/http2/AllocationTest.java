// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.testkit.Allocation;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// What the hot paths allocate. Figures are bounds with some slack; the comments say what is there.
final class AllocationTest {
  private static final int ROUNDS = 10_000;

  /// Answers at once and keeps nothing.
  private static final class Service implements StreamListener {
    private final Http2Stream stream;
    private final ByteBuffer content;

    Service(Http2Stream stream, ByteBuffer content) {
      this.stream = stream;
      this.content = content;
    }

    void answer(ResponseHeader response) {
      stream.sendHeaders(response, false);
      stream.sendData(content.clear(), true);
      stream.release();
    }

    @Override
    public void data(ByteBuffer lent, boolean endStream) {
      stream.consumed(lent.remaining());
    }

    @Override
    public void trailers(Fields trailers) {
      throw new AssertionError("none");
    }

    @Override
    public void reset(Http2Error.StreamError error) {
      throw new AssertionError("none: " + error);
    }

    @Override
    public void writable() {
      // nothing waits
    }
  }

  /// Drops everything.
  private static final class NullSink implements FrameSink {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);

    @Override
    public ByteBuffer reserve(int bytes) {
      return buffer.clear();
    }

    @Override
    public void commit(int bytes) {
      // the buffer is cleared with the next reserve
    }

    @Override
    public int pendingBytes() {
      return 0;
    }

    @Override
    public boolean takesContent() {
      return true;
    }
  }

  private static RequestHeader browserRequest() {
    return RequestHeader.of("GET", "/assets/app.js?v=3")
        .set("Host", "www.example.com")
        .set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0")
        .set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
        .set("Accept-Language", "en-US,en;q=0.5")
        .set("Accept-Encoding", "gzip, deflate, br, zstd")
        .set("Referer", "https://www.example.com/")
        .set("Cookie", "session=0123456789abcdef0123456789abcdef")
        .set("Sec-Fetch-Dest", "script")
        .set("Sec-Fetch-Mode", "no-cors")
        .set("Priority", "u=1");
  }

  /// A browser's request and its answer cost the section's octets (about 550), the index of ten
  /// lines (96), Fields, RequestHeader, the stream with its window, and the listener of the test.
  @Test
  void aRequestCostsItsOctetsAndFewObjects() {
    ResponseHeader response =
        ResponseHeader.of(200).set("Server", "x").set("Content-Type", "text/plain");
    ByteBuffer content = ByteBuffer.allocateDirect(128);
    Service[] service = new Service[1];
    Http2Connection server =
        Http2Connection.server(
            Http2Settings.OURS,
            Http2Limits.DEFAULT,
            new ConnectionLog(),
            (stream, request, end) -> {
              service[0] = new Service(stream, content);
              return service[0];
            },
            new NullSink());
    server.open(0);
    server.receive(ByteBuffer.wrap(new Raw().preface().settingsAck().bytes()), 0);
    SectionWriter client = new SectionWriter();
    RequestHeader request = browserRequest();
    ByteBuffer input = ByteBuffer.allocateDirect(2_000);
    int[] stream = {1};
    Runnable exchange =
        () -> {
          Scratch block = client.request(request);
          input.clear().putInt(block.length << 8 | 1).put((byte) 5).putInt(stream[0]);
          input.put(block.bytes, 0, block.length).flip();
          stream[0] += 2;
          server.receive(input, 0);
          service[0].answer(response);
          server.flush();
        };
    for (int i = 0; i < 20_000; i++) {
      exchange.run();
    }
    long perRequest = perRound(exchange);
    assertThat(perRequest).isBetween(400L, 1_150L);
    assertThat(server.openStreams()).isZero();
  }

  /// DATA in either direction allocates nothing, however large.
  @Test
  void contentCostsNothing() {
    Service[] service = new Service[1];
    Http2Connection server =
        Http2Connection.server(
            Http2Settings.OURS,
            Http2Limits.DEFAULT,
            new ConnectionLog(),
            (stream, request, end) -> {
              service[0] = new Service(stream, ByteBuffer.allocate(0));
              return service[0];
            },
            new NullSink());
    server.open(0);
    server.receive(
        ByteBuffer.wrap(new Raw().preface().settingsAck().headers(1, false, Raw.post("/")).bytes()),
        0);
    service[0].stream.sendHeaders(ResponseHeader.of(200), false);
    ByteBuffer up = ByteBuffer.wrap(new Raw().data(1, 10_000, false).bytes());
    ByteBuffer windows =
        ByteBuffer.wrap(new Raw().windowUpdate(0, 16_384).windowUpdate(1, 16_384).bytes());
    ByteBuffer down = ByteBuffer.allocateDirect(16_384);
    Runnable round =
        () -> {
          server.receive(up.clear(), 0);
          server.receive(windows.clear(), 0);
          if (!service[0].stream.sendData(down.clear(), false)) {
            throw new AssertionError("window lost");
          }
          server.flush();
        };
    for (int i = 0; i < 20_000; i++) {
      round.run();
    }
    assertThat(perRound(round)).isZero();
  }

  @Test
  void anIdleConnectionIsSmall() {
    Http2Connection[] connections = new Http2Connection[100];
    ByteBuffer preface = ByteBuffer.wrap(new Raw().preface().settingsAck().bytes());
    FrameSink sink = new NullSink();
    ConnectionLog log = new ConnectionLog();
    Runnable open =
        () -> {
          for (int i = 0; i < connections.length; i++) {
            connections[i] =
                Http2Connection.server(
                    Http2Settings.OURS,
                    Http2Limits.DEFAULT,
                    log,
                    (stream, request, end) -> new Service(stream, ByteBuffer.allocate(0)),
                    sink);
            connections[i].open(0);
            connections[i].receive(preface.clear(), 0);
          }
          log.settings.clear();
        };
    for (int i = 0; i < 200; i++) {
      open.run();
    }
    // An upper bound of what it holds: all it has ever allocated.
    assertThat(Allocation.of(open) / connections.length).isLessThan(4_096);
  }

  private static long perRound(Runnable round) {
    return Allocation.of(() -> {
      for (int i = 0; i < ROUNDS; i++) {
        round.run();
      }
    })
        / ROUNDS;
  }
}
