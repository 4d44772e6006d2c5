// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Limits, settings and budgets as values.
final class LimitsTest {
  private static Arguments wrong(String name, UnaryOperator<Http2Limits.Builder> change) {
    return Arguments.of(name, change);
  }

  static Stream<Arguments> wrongLimits() {
    return Stream.of(
        wrong("connectionWindow: 65534", b -> b.connectionWindow(65_534)),
        wrong("maxFields: 0", b -> b.maxFields(0)),
        wrong("maxFieldBlockBytes: 1023", b -> b.maxFieldBlockBytes(1_023)),
        wrong("maxContinuations: -1", b -> b.maxContinuations(-1)),
        wrong("maxPendingOutput: 0", b -> b.maxPendingOutput(0)),
        wrong("maxUnsentReplies: 0", b -> b.maxUnsentReplies(0)),
        wrong("resetBurst: 0", b -> b.resets(0, 1)),
        wrong("resetsPerMinute: -1", b -> b.resets(1, -1)),
        wrong("controlBurst: 0", b -> b.control(0, 1)),
        wrong("controlPerSecond: -1", b -> b.control(1, -1)),
        wrong("settingsTimeout: PT0S", b -> b.settingsTimeout(Duration.ZERO)),
        wrong("drainTimeout: PT-1S", b -> b.drainTimeout(Duration.ofSeconds(-1))),
        wrong("maxDebugBytes: -1", b -> b.maxDebugBytes(-1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongLimits")
  void namesALimitThatIsWrong(String start, UnaryOperator<Http2Limits.Builder> change) {
    Http2Limits.Builder builder = change.apply(Http2Limits.builder());
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(builder::build)
        .withMessageStartingWith(start + " (expected: ");
  }

  @Test
  void keepsWhatIsNotSet() {
    Http2Limits limits =
        Http2Limits.builder()
            .maxFields(7)
            .resets(1, 2)
            .control(3, 4)
            .maxDebugBytes(5)
            .drainTimeout(Duration.ofSeconds(6))
            .build();
    assertThat(limits.maxFields()).isEqualTo(7);
    assertThat(limits.resetBurst()).isEqualTo(1);
    assertThat(limits.resetsPerMinute()).isEqualTo(2);
    assertThat(limits.controlBurst()).isEqualTo(3);
    assertThat(limits.controlPerSecond()).isEqualTo(4);
    assertThat(limits.maxDebugBytes()).isEqualTo(5);
    assertThat(limits.drainTimeout()).isEqualTo(Duration.ofSeconds(6));
    assertThat(limits.maxContinuations()).isEqualTo(Http2Limits.DEFAULT.maxContinuations());
    assertThat(limits.toBuilder().build()).isEqualTo(limits);
    assertThat(Http2Limits.builder().build()).isEqualTo(Http2Limits.DEFAULT);
  }

  @Test
  void checksSettings() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Http2Settings.OURS.withMaxFrameSize(12))
        .withMessage("maxFrameSize: 12 (expected: 16384..16777215)");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Http2Settings.OURS.withHeaderTableSize(-1));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Http2Settings.OURS.withInitialWindowSize(-1));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Http2Settings.OURS.withMaxConcurrentStreams(-1));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Http2Settings.OURS.withMaxHeaderListSize(-1));
  }

  @Test
  void mapsErrorCodes() {
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(ErrorCode.of(code.wire())).isEqualTo(code);
    }
    assertThat(ErrorCode.HTTP_1_1_REQUIRED.wire()).isEqualTo(0xd);
    assertThat(ErrorCode.of(0xe)).isEqualTo(ErrorCode.INTERNAL_ERROR);
    assertThat(ErrorCode.of(-1)).isEqualTo(ErrorCode.INTERNAL_ERROR);
  }

  @Test
  void aBucketGivesItsBurstAndThenItsRate() {
    TokenBucket bucket = new TokenBucket(3, 2, 1);
    long start = Long.MAX_VALUE - 500_000_000L; // the clock may overflow
    assertThat(bucket.take(start)).isTrue();
    assertThat(bucket.take(start)).isTrue();
    assertThat(bucket.take(start)).isTrue();
    assertThat(bucket.take(start)).isFalse();
    assertThat(bucket.take(start + 499_999_999L)).isFalse();
    assertThat(bucket.take(start + 500_000_000L)).isTrue();
    assertThat(bucket.take(start + 500_000_001L)).isFalse();
    assertThat(bucket.take(start + 1_000_000_000L)).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(bucket.take(start + 100_000_000_000L)).isTrue();
    }
    assertThat(bucket.take(start + 100_000_000_000L)).isFalse();
  }

  @Test
  void aBucketCannotBeOverfilled() {
    TokenBucket bucket = new TokenBucket(2, 0, 1);
    bucket.give(100);
    assertThat(bucket.take(0)).isTrue();
    assertThat(bucket.take(0)).isTrue();
    assertThat(bucket.take(Long.MAX_VALUE)).isFalse();
    bucket.give(1);
    assertThat(bucket.take(Long.MAX_VALUE)).isTrue();
  }

  @Test
  void streamStatesFollowTheDiagram() {
    assertThat(StreamState.OPEN.received()).isEqualTo(StreamState.HALF_CLOSED_REMOTE);
    assertThat(StreamState.OPEN.sent()).isEqualTo(StreamState.HALF_CLOSED_LOCAL);
    assertThat(StreamState.HALF_CLOSED_LOCAL.received()).isEqualTo(StreamState.CLOSED);
    assertThat(StreamState.HALF_CLOSED_REMOTE.sent()).isEqualTo(StreamState.CLOSED);
    for (StreamState state : StreamState.values()) {
      if (!state.canSend()) {
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(state::sent);
      }
      if (!state.canReceive()) {
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(state::received);
      }
    }
  }

  @Test
  void theTableOfStreamsForgetsNoneAndRemembersHowTheyEnded() {
    ServerFixture server = ServerFixture.open();
    Streams streams = new Streams();
    for (int id = 1; id < 400; id += 2) {
      streams.add(new Http2Stream(server.connection, id, 1, 1));
    }
    for (int id = 1; id < 400; id += 2) {
      Http2Stream stream = streams.find(id);
      assertThat(stream).isNotNull();
      assertThat(stream.id()).isEqualTo(id);
      if (id % 3 == 0) {
        streams.close(stream, Streams.Ending.ENDED);
        assertThat(streams.find(id)).isNull();
        assertThat(streams.endingOf(id)).isEqualTo(Streams.Ending.ENDED);
      }
    }
    assertThat(streams.open()).isEqualTo(200 - 67);
    assertThat(streams.endingOf(1)).isEqualTo(Streams.Ending.UNKNOWN);
    for (int id = 1_001; id < 1_001 + 256; id += 2) {
      streams.remember(id, Streams.Ending.RESET_BY_US);
    }
    assertThat(streams.endingOf(3)).as("pushed out").isEqualTo(Streams.Ending.UNKNOWN);
    assertThat(streams.endingOf(1_001)).isEqualTo(Streams.Ending.RESET_BY_US);
  }
}
