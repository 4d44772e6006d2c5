// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Client and server against each other, over pipes that cut anywhere.
final class PairTest {
  private static void finish(Pair pair) {
    int steps = 0;
    while (pair.client.streams.unreleased() + pair.server.streams.unreleased() > 0) {
      pair.step();
      assertThat(++steps).as("progress").isLessThan(200_000);
      assertThat(pair.clientLog.failure).isNull();
      assertThat(pair.serverLog.failure).isNull();
    }
    for (Pair.Call call : pair.calls) {
      assertThat(call.error).isNull();
      assertThat(call.status).isEqualTo(200);
      assertThat(call.receivedBytes).isEqualTo(call.content.capacity());
      assertThat(call.received.getValue()).isEqualTo(call.sent.getValue());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void echoesManyStreamsAtOnce(long seed) {
    Random random = new Random(seed);
    Http2Settings settings =
        new Http2Settings(
            random.nextInt(3) * 2_000,
            1 + random.nextInt(100),
            1 + random.nextInt(200_000),
            16_384 + random.nextInt(10_000),
            64 << 10);
    Http2Limits limits =
        Http2Limits.builder()
            .connectionWindow(65_535 + random.nextInt(200_000))
            .maxPendingOutput(1 + random.nextInt(100_000))
            .control(1_000_000, 1_000)
            .build();
    Pair pair = new Pair(random, settings, limits);
    for (int i = 0; i < 20; i++) {
      pair.step();
    }
    int wanted = 200;
    while (pair.calls.size() < wanted) {
      pair.call(random.nextInt(4) == 0 ? 0 : random.nextInt(50_000));
      pair.step();
    }
    finish(pair);
    assertThat(pair.client.openStreams()).isZero();
    assertThat(pair.server.openStreams()).isZero();
  }

  @Test
  void movesAHundredMegabytesInBoundedMemory() {
    Pair pair = new Pair(new Random(9), Http2Settings.OURS, Http2Limits.DEFAULT);
    pair.step();
    for (int i = 0; i < 5; i++) {
      assertThat(pair.call(10 << 20)).isNotNull();
    }
    finish(pair);
    assertThat(pair.bytesMoved).isGreaterThan(100 << 20);
  }

  @Test
  void drainsWhileStreamsAreOpen() {
    Pair pair = new Pair(new Random(10), Http2Settings.OURS, Http2Limits.DEFAULT);
    for (int i = 0; i < 10; i++) {
      pair.step();
    }
    for (int i = 0; i < 20; i++) {
      assertThat(pair.call(100_000)).isNotNull();
    }
    pair.step();
    pair.server.shutdown(pair.now);
    finish(pair);
    for (int i = 0; i < 10; i++) {
      pair.step();
    }
    assertThat(pair.server.state()).isEqualTo(Http2State.DRAINED);
    assertThat(pair.client.state()).isEqualTo(Http2State.DRAINED);
    assertThat(pair.call(1)).isNull();
  }

  @Test
  void survivesRandomResets() {
    Random random = new Random(11);
    Pair pair =
        new Pair(
            random,
            Http2Settings.OURS.withInitialWindowSize(20_000),
            Http2Limits.builder().resets(100_000, 0).connectionWindow(70_000).build());
    for (int i = 0; i < 3_000; i++) {
      pair.call(random.nextInt(30_000));
      pair.step();
      Pair.Call victim = pair.calls.get(random.nextInt(pair.calls.size()));
      if (victim.stream != null && random.nextInt(3) == 0) {
        victim.stream.release();
      }
      if (!pair.echoes.isEmpty() && random.nextInt(6) == 0) {
        pair.echoes.get(random.nextInt(pair.echoes.size())).abandon();
      }
    }
    for (int i = 0; i < 20_000 && pair.client.openStreams() > 0; i++) {
      pair.step();
    }
    for (int i = 0; i < 100; i++) {
      pair.step();
    }
    assertThat(pair.clientLog.failure).isNull();
    assertThat(pair.serverLog.failure).isNull();
    assertThat(pair.client.openStreams()).isZero();
    assertThat(pair.server.openStreams()).isZero();
    assertThat(pair.server.streams.unreleased()).isZero();
    // No byte of a window has been lost: a large exchange still works.
    pair.calls.clear();
    assertThat(pair.call(500_000)).isNotNull();
    finish(pair);
  }
}
