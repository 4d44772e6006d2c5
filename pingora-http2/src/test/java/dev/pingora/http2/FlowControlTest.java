// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// RFC 9113 §5.2, §6.9: windows in both directions, and whose turn it is.
final class FlowControlTest {
  private static final Http2Settings SMALL = Http2Settings.OURS.withInitialWindowSize(100_000);
  private static final Http2Limits TIGHT = Http2Limits.builder().connectionWindow(150_000).build();

  private static ServerFixture receiving() {
    ServerFixture server = ServerFixture.open(SMALL, TIGHT);
    server.onRequest = request -> request.consumes = false;
    server.send(new Raw().headers(1, false, Raw.post("/")).headers(3, false, Raw.post("/")));
    return server;
  }

  private static Raw content(int stream, int bytes) {
    Raw raw = new Raw();
    int left = bytes;
    while (left > 0) {
      int frame = Math.min(left, 16_384);
      raw.data(stream, frame, false);
      left -= frame;
    }
    return raw;
  }

  // ---- receiving ----

  @Test
  void acceptsExactlyTheWindow() {
    ServerFixture server = receiving();
    server.send(content(1, 100_000));
    assertThat(server.request(0).contentBytes).isEqualTo(100_000);
    assertThat(server.frames()).as("nothing consumed, nothing granted").isEmpty();

    server.send(new Raw().data(1, 1, false));
    server.assertStreamError(1, ErrorCode.FLOW_CONTROL_ERROR);
  }

  @Test
  void boundsAllStreamsTogether() {
    ServerFixture server = receiving();
    server.send(content(1, 100_000)).send(content(3, 50_000));
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
    server.send(new Raw().data(3, 1, false));
    server.assertConnectionError(ErrorCode.FLOW_CONTROL_ERROR);
  }

  @Test
  void grantsWhatHasBeenConsumedByHalves() {
    ServerFixture server = receiving();
    server.send(content(1, 100_000));
    Http2Stream stream = server.request(0).stream();
    stream.consumed(49_999);
    assertThat(server.frames()).isEmpty();
    stream.consumed(1);
    assertThat(server.frames()).containsExactly(new Seen.WindowUpdate(1, 50_000));
    stream.consumed(25_000);
    assertThat(server.frames()).containsExactly(new Seen.WindowUpdate(0, 75_000));
    server.send(content(1, 50_000));
    assertThat(server.request(0).contentBytes).isEqualTo(150_000);
  }

  @Test
  void refusesToConsumeMoreThanThereWas() {
    ServerFixture server = receiving();
    server.send(content(1, 10));
    Http2Stream stream = server.request(0).stream();
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> stream.consumed(11));
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> stream.consumed(-1));
    stream.consumed(10);
  }

  @Test
  void countsPaddingButDoesNotHoldIt() {
    ServerFixture server = receiving();
    Raw padded = new Raw().hex("ff").append(new byte[1 + 255]);
    for (int i = 0; i < 2_000; i++) {
      // One octet of content, 256 of overhead: 514,000 in all, beyond both windows.
      server.now += 100_000_000L;
      server.send(new Raw().frame(0, 8, 1, padded));
      server.sink.take();
    }
    assertThat(server.request(0).contentBytes).isEqualTo(2_000);
    assertThat(server.connection.state()).isEqualTo(Http2State.OPEN);
  }

  @Test
  void grantsNothingForAStreamThatHasEnded() {
    ServerFixture server = receiving();
    server.send(content(1, 90_000)).send(new Raw().data(1, 0, true));
    server.request(0).stream().consumed(90_000);

    assertThat(server.frames()).containsExactly(new Seen.WindowUpdate(0, 90_000));
  }

  @Test
  void aReleasedStreamGivesTheConnectionItsBytesBack() {
    ServerFixture server = receiving();
    server.send(content(1, 100_000));
    server.request(0).stream().release();

    assertThat(server.frames())
        .containsExactly(new Seen.Reset(1, ErrorCode.CANCEL), new Seen.WindowUpdate(0, 100_000));
  }

  @Test
  void holdsTheBytesOfAResetStreamUntilItIsReleased() {
    ServerFixture server = receiving();
    server.send(content(1, 100_000)).send(new Raw().reset(1, 8));
    assertThat(server.frames()).isEmpty();
    server.request(0).stream().release();
    assertThat(server.frames()).containsExactly(new Seen.WindowUpdate(0, 100_000));
  }

  @Test
  void contentThatIsDroppedIsGivenBack() {
    ServerFixture server = receiving();
    server.request(0).stream().reset(ErrorCode.CANCEL);
    server.frames();
    server.send(content(1, 100_000));

    assertThat(server.frames().stream().mapToInt(f -> ((Seen.WindowUpdate) f).increment()).sum())
        .isBetween(75_000, 100_000);
  }

  @Test
  void theProtocolsWindowHoldsUntilASmallerOneIsAcknowledged() {
    ServerFixture server =
        new ServerFixture(Http2Settings.OURS.withInitialWindowSize(1_000), Http2Limits.DEFAULT);
    server.onRequest = request -> request.consumes = false;
    server.send(new Raw().preface().headers(1, false, Raw.post("/"))).send(content(1, 65_535));
    assertThat(server.request(0).contentBytes).isEqualTo(65_535);

    server.send(new Raw().settingsAck().headers(3, false, Raw.post("/")));
    server.sink.take();
    server.send(content(3, 1_000));
    assertThat(server.request(1).contentBytes).isEqualTo(1_000);
    server.send(content(3, 1));
    assertThat(server.frames()).containsExactly(new Seen.Reset(3, ErrorCode.FLOW_CONTROL_ERROR));
    // The window of the first is -64,535 now: what is consumed has to make up for that.
    server.request(0).stream().consumed(65_535);
    assertThat(server.request(0).stream().receiveWindow.available()).isEqualTo(1_000);
  }

  // ---- sending ----

  private static Http2Stream answering(ServerFixture server, int stream) {
    server.send(new Raw().headers(stream, true, Raw.get("/")));
    Http2Stream answer = server.requests.getLast().stream();
    answer.sendHeaders(ResponseHeader.of(200), false);
    server.sink.take();
    return answer;
  }

  @Test
  void sendsNoMoreThanTheStreamsWindow() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().settings(4, 1));
    Http2Stream stream = answering(server, 1);
    ByteBuffer content = ServerTest.latin1("abc");
    assertThat(stream.sendData(content, true)).isFalse();
    assertThat(content.remaining()).isEqualTo(2);
    assertThat(((Seen.Data) server.frames().getFirst()).text()).isEqualTo("a");

    server.request(0).onWritable = () -> stream.sendData(content, true);
    server.send(new Raw().windowUpdate(1, 1));
    assertThat(((Seen.Data) server.frames().getFirst()).text()).isEqualTo("b");
    server.send(new Raw().windowUpdate(1, 100));
    Seen.Data last = (Seen.Data) server.frames().getFirst();
    assertThat(last.text()).isEqualTo("c");
    assertThat(last.end()).isTrue();
    assertThat(server.request(0).writable).isEqualTo(2);
  }

  @Test
  void sendsNoMoreThanTheConnectionsWindow() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().settings(4, 1_000_000));
    Http2Stream stream = answering(server, 1);
    ByteBuffer content = ByteBuffer.allocate(70_000);
    server.request(0).onWritable = () -> stream.sendData(content, true);
    assertThat(stream.sendData(content, true)).isFalse();
    assertThat(content.position()).isEqualTo(65_535);

    server.send(new Raw().windowUpdate(1, 1_000));
    assertThat(content.position()).isEqualTo(65_535);
    server.send(new Raw().windowUpdate(0, 10_000));
    assertThat(content.hasRemaining()).isFalse();
    assertThat(stream.isClosed()).isTrue();
  }

  @Test
  void contentWaitsForASinkThatTakesNone() {
    ServerFixture server = ServerFixture.open();
    Http2Stream stream = answering(server, 1);
    ByteBuffer content = ByteBuffer.allocate(1_000);
    server.request(0).onWritable = () -> stream.sendData(content, true);
    server.sink.full = true;
    assertThat(stream.sendData(content, true)).isFalse();
    server.connection.flush();
    assertThat(server.frames()).isEmpty();

    server.sink.full = false;
    server.connection.flush();
    assertThat(server.frames()).hasSize(1);
    assertThat(stream.isClosed()).isTrue();
  }

  @Test
  void endsAStreamWithoutAnyWindow() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().settings(4, 0));
    Http2Stream stream = answering(server, 1);
    assertThat(stream.sendData(ByteBuffer.allocate(0), true)).isTrue();
    assertThat(server.frames()).hasSize(1);
    assertThat(stream.isClosed()).isTrue();
  }

  @Test
  void followsAChangeOfTheInitialWindow() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().settings(4, 0));
    Http2Stream stream = answering(server, 1);
    ByteBuffer content = ServerTest.latin1("abc");
    server.request(0).onWritable = () -> stream.sendData(content, false);
    assertThat(stream.sendData(content, false)).isFalse();
    server.send(new Raw().settings(4, 2));
    assertThat(content.remaining()).isEqualTo(1);
    // RFC 9113 §6.9.2: 2 - 2 sent = 0; minus 2 for the new value.
    server.send(new Raw().settings(4, 0));
    assertThat(stream.sendWindow).isEqualTo(-2);
    server.send(new Raw().windowUpdate(1, 2));
    assertThat(content.remaining()).isEqualTo(1);
    server.send(new Raw().windowUpdate(1, 1));
    assertThat(content.remaining()).isZero();
  }

  @Test
  void resetsAStreamWhoseWindowOverflows() {
    ServerFixture server = ServerFixture.open();
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .windowUpdate(1, Integer.MAX_VALUE - 65_535)
            .windowUpdate(1, 1));
    server.assertStreamError(1, ErrorCode.FLOW_CONTROL_ERROR);
  }

  @Test
  void endsAConnectionWhoseWindowOverflows() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().windowUpdate(0, Integer.MAX_VALUE - 65_535).windowUpdate(0, 1));
    server.assertConnectionError(ErrorCode.FLOW_CONTROL_ERROR);
  }

  @Test
  void endsAConnectionWhoseInitialWindowOverflowsAStream() {
    ServerFixture server = ServerFixture.open();
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .windowUpdate(1, Integer.MAX_VALUE - 65_535)
            .settings(4, 65_536));
    server.assertConnectionError(ErrorCode.FLOW_CONTROL_ERROR);
  }

  @Test
  void stopsWhenTheOutputIsFullAndGoesOnWhenItIsTaken() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().settings(4, 10_000_000).windowUpdate(0, 10_000_000));
    Http2Stream stream = answering(server, 1);
    ByteBuffer content = ByteBuffer.allocate(1_000_000);
    server.request(0).onWritable = () -> stream.sendData(content, true);
    assertThat(stream.sendData(content, true)).isFalse();
    int turns = 0;
    while (content.hasRemaining()) {
      assertThat(server.sink.pendingBytes()).isBetween(128 << 10, (128 << 10) + 16_384 + 9);
      server.connection.flush();
      assertThat(server.sink.pendingBytes()).as("still full").isGreaterThanOrEqualTo(128 << 10);
      server.sink.take();
      server.connection.flush();
      turns++;
    }
    assertThat(turns).isEqualTo(7);
  }

  @Test
  void streamsTakeTurns() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().settings(4, 10_000_000));
    List<ByteBuffer> contents = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Http2Stream stream = answering(server, 2 * i + 1);
      ByteBuffer content = ByteBuffer.allocate(i == 3 ? 20_000 : 200_000);
      contents.add(content);
      server.requests.getLast().onWritable = () -> stream.sendData(content, true);
    }
    // The first takes the whole window of the connection; then all wait.
    for (StreamLog request : server.requests) {
      request.onWritable.run();
    }
    assertThat(contents.getFirst().position()).isEqualTo(65_535);
    server.sink.take();
    server.send(new Raw().windowUpdate(0, 8 * 16_384));

    List<Integer> turns = new ArrayList<>();
    for (Seen frame : server.frames()) {
      turns.add(frame.stream());
    }
    // The last one has 3,616 bytes left for its second turn.
    assertThat(turns).startsWith(1, 3, 5, 7, 1, 3, 5, 7);
    assertThat(contents.get(3).hasRemaining()).isFalse();
  }

  @Test
  void aStreamWithManySmallPiecesGetsNoMoreThanItsTurn() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().settings(4, 10_000_000));
    Http2Stream small = answering(server, 1);
    Http2Stream large = answering(server, 3);
    ByteBuffer content = ByteBuffer.allocate(1_000_000);
    large.sendData(content, true);
    server.request(1).onWritable = () -> large.sendData(content, true);
    server.request(0).onWritable =
        () -> {
          while (small.sendData(ByteBuffer.allocate(1_000), false)) {
            // as long as it may
          }
        };
    small.sendData(ByteBuffer.allocate(1), false);
    server.sink.take();
    server.send(new Raw().windowUpdate(0, 100_000));

    int ofSmall = 0;
    for (Seen frame : server.frames()) {
      ofSmall += frame.stream() == 1 ? ((Seen.Data) frame).content().length : 0;
    }
    assertThat(ofSmall).isBetween(40_000, 60_000);
  }

  @Test
  void aStreamWithoutWindowDoesNotBlockOthers() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().settings(4, 5));
    Http2Stream first = answering(server, 1);
    Http2Stream second = answering(server, 3);
    assertThat(first.sendData(ServerTest.latin1("0123456789"), true)).isFalse();
    assertThat(second.sendData(ServerTest.latin1("01234"), true)).isTrue();
  }

  @Test
  void aStreamThatIsResetLeavesTheLine() {
    ServerFixture server = ServerFixture.open();
    server.send(new Raw().settings(4, 1_000_000));
    List<Http2Stream> streams = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Http2Stream stream = answering(server, 2 * i + 1);
      streams.add(stream);
      stream.sendData(ByteBuffer.allocate(100_000), true);
    }
    server.sink.take();
    // The middle, the head, the tail.
    server.send(new Raw().reset(5, 8).reset(1, 8).reset(9, 8).windowUpdate(0, 10));

    assertThat(server.requests.stream().mapToInt(r -> r.writable)).containsExactly(0, 1, 0, 1, 0);
    assertThat(streams.get(1).isClosed()).isFalse();
  }
}
