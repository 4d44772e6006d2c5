// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Bytes from a broken or hostile peer: whatever comes, nothing is thrown, what we write is whole
/// frames, and bounds hold.
final class FuzzTest {
  private static final int MAX_STREAMS = 20;

  private final Random random = new Random(2_113);
  private int connectionErrors;
  private int served;

  /// Conversations that are right, as a start for wrong ones.
  private List<Raw> seeds() {
    Raw priority = new Raw().hex("80000003 ff").append(Raw.get("/p").bytes());
    Raw padded = new Raw().hex("03").append(Raw.post("/p").bytes()).hex("000000");
    return List.of(
        new Raw().settings(4, 100).headers(1, true, Raw.get("/")).windowUpdate(1, 100),
        new Raw()
            .headers(1, false, Raw.post("/").line("content-length", "10"))
            .data(1, "01234", false)
            .data(1, "56789", true)
            .ping(false, 1),
        new Raw()
            .frame(1, 1, 1, Raw.get("/").indexedLine("x-a", "b"))
            .frame(9, 4, 1, new Raw().hex("be").line("cookie", "a=b"))
            .headers(3, true, Raw.get("/").hex("be")),
        new Raw()
            .frame(1, 4 | 0x20, 1, priority)
            .frame(0, 8, 1, new Raw().hex("02").text("abc").hex("0000"))
            .headers(1, true, new Raw().line("x-sum", "1"))
            .reset(1, 8),
        new Raw()
            .frame(1, 4 | 8, 1, padded)
            .priority(3, 1)
            .frame(0x33, 0, 0, new byte[20])
            .headers(3, false, Raw.request("PUT", "/x"))
            .goAway(0, 0, "bye"));
  }

  @Test
  void survivesMutatedConversations() {
    List<Raw> seeds = seeds();
    for (int round = 0; round < 30_000; round++) {
      byte[] bytes = seeds.get(random.nextInt(seeds.size())).bytes();
      int mutations = 1 + random.nextInt(4);
      for (int i = 0; i < mutations; i++) {
        bytes = mutate(bytes);
      }
      run(bytes);
    }
    assertThat(connectionErrors).as("some are wrong").isGreaterThan(5_000);
    assertThat(served).as("some are right").isGreaterThan(2_000);
  }

  @Test
  void survivesRandomFrames() {
    for (int round = 0; round < 10_000; round++) {
      Raw raw = new Raw();
      int frames = 1 + random.nextInt(12);
      for (int i = 0; i < frames; i++) {
        randomFrame(raw);
      }
      run(raw.bytes());
    }
    assertThat(connectionErrors).isGreaterThan(2_000);
    assertThat(served).isGreaterThan(2_000);
  }

  private void randomFrame(Raw raw) {
    int stream = random.nextInt(8) == 0 ? random.nextInt(10) : 1 + 2 * random.nextInt(8);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> raw.headers(stream, random.nextBoolean(), Raw.post("/"));
      case 3, 4 -> raw.data(stream, random.nextInt(2_000), random.nextInt(3) == 0);
      case 5 -> raw.windowUpdate(stream, random.nextInt(1_000));
      case 6 -> raw.headers(stream, true, new Raw().line("x-a", "b"));
      default -> {
        byte[] payload = new byte[random.nextInt(20)];
        random.nextBytes(payload);
        raw.frame(random.nextInt(11), random.nextInt(256), stream, payload);
      }
    }
  }

  private byte[] mutate(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    byte[] mutated = bytes.clone();
    switch (random.nextInt(5)) {
      case 0 -> mutated[at] = (byte) random.nextInt();
      case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> mutated = splice(bytes, at, at + random.nextInt(bytes.length - at + 1), 0);
      case 3 -> mutated = splice(bytes, at, at, 1 + random.nextInt(12));
      default -> mutated = splice(bytes, at, Math.min(bytes.length, at + 1), 1);
    }
    return mutated.length == 0 ? new byte[] {0} : mutated;
  }

  /// Replaces `[from, to)` by so many random bytes.
  private byte[] splice(byte[] bytes, int from, int to, int count) {
    byte[] middle = new byte[count];
    random.nextBytes(middle);
    ByteBuffer out = ByteBuffer.allocate(from + count + bytes.length - to);
    return out.put(bytes, 0, from).put(middle).put(bytes, to, bytes.length - to).array();
  }

  private void run(byte[] bytes) {
    Http2Settings settings = Http2Settings.OURS.withMaxConcurrentStreams(MAX_STREAMS);
    ServerFixture server = ServerFixture.open(settings, Http2Limits.DEFAULT);
    int at = 0;
    while (at < bytes.length) {
      int count = Math.min(bytes.length - at, 1 + random.nextInt(60));
      ByteBuffer piece = ByteBuffer.wrap(bytes, at, count);
      server.connection.receive(piece, server.now);
      assertThat(piece.hasRemaining()).isFalse();
      at += count;
      work(server);
      server.connection.flush();
    }
    check(server);
  }

  /// What an engine might do meanwhile.
  private void work(ServerFixture server) {
    if (server.requests.isEmpty() || random.nextInt(3) == 0) {
      return;
    }
    Http2Stream stream = server.requests.get(random.nextInt(server.requests.size())).stream();
    switch (random.nextInt(5)) {
      case 0 -> {
        if (!stream.finalHeaderSent) {
          stream.sendHeaders(ResponseHeader.of(200), false);
        }
      }
      case 1 -> {
        if (stream.finalHeaderSent && stream.state.canSend()) {
          stream.sendData(ByteBuffer.allocate(random.nextInt(300)), random.nextBoolean());
        }
      }
      case 2 -> {
        if (stream.finalHeaderSent && stream.state.canSend()) {
          stream.sendTrailers(Fields.empty());
        }
      }
      case 3 -> stream.reset(ErrorCode.CANCEL);
      default -> stream.release();
    }
  }

  private void check(ServerFixture server) {
    List<Seen> frames = new ArrayList<>(server.frames());
    assertThat(server.connection.openStreams()).isLessThanOrEqualTo(MAX_STREAMS);
    boolean failed = server.log.failure != null;
    assertThat(server.connection.state() == Http2State.CLOSED).isEqualTo(failed);
    if (failed) {
      connectionErrors++;
      assertThat(frames.getLast()).isInstanceOf(Seen.GoAway.class);
      assertThat(server.connection.openStreams()).isZero();
    }
    for (StreamLog request : server.requests) {
      served += request.ended ? 1 : 0;
      // What was told is consistent: a reset stream is closed.
      assertThat(request.error == null || request.stream().isClosed()).isTrue();
      request.stream().release();
      assertThat(request.stream().unconsumed).isZero();
    }
    assertThat(server.connection.streams.unreleased()).isZero();
    server.connection.endOfInput();
    assertThat(server.connection.openStreams()).isZero();
  }
}
