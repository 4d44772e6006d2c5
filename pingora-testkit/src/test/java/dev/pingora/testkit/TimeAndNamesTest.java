// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class TimeAndNamesTest {
  @Test
  void tickerMovesOnlyWhenToldAndWrapsAround() {
    FakeTicker ticker = new FakeTicker();
    long start = ticker.nanoTime();
    assertThat(ticker.nanoTime()).isEqualTo(start);
    ticker.advance(Duration.ofSeconds(200));
    assertThat(ticker.nanoTime()).isNegative();
    assertThat(ticker.nanoTime() - start).isEqualTo(200_000_000_000L);
    assertThatIllegalArgumentException().isThrownBy(() -> ticker.advance(Duration.ofNanos(-1)));
  }

  @Test
  void clockMayBeSetBack() {
    FakeClock clock = new FakeClock();
    clock.advance(Duration.ofDays(1));
    assertThat(clock.instant()).isEqualTo(Instant.parse("2000-01-02T00:00:00Z"));
    clock.set(Instant.EPOCH);
    assertThat(clock.millis()).isZero();
  }

  @Test
  void resolverAnswersInTheGivenOrder() throws Exception {
    FakeResolver resolver = new FakeResolver().answer("a.test", "::1", "127.0.0.1");
    assertThat(resolver.resolve("a.test"))
        .containsExactly(InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.1"));
    resolver.answer("a.test");
    assertThat(resolver.resolve("a.test")).isEmpty();
    assertThat(resolver.lookups().all()).containsExactly("a.test", "a.test");
  }

  @Test
  void resolverFailsAsToldAndForUnknownNames() {
    FakeResolver resolver = new FakeResolver().answer("a", "::1").fail("a", "SERVFAIL");
    assertThatThrownBy(() -> resolver.resolve("a"))
        .isInstanceOf(UnknownHostException.class)
        .hasMessage("SERVFAIL");
    assertThatThrownBy(() -> resolver.resolve("b")).isInstanceOf(UnknownHostException.class);
  }

  @Test
  void resolverHoldsALookupUntilReleased() {
    FakeResolver resolver = new FakeResolver().answer("a", "::1");
    Gate gate = resolver.hold("a");
    Events<Object> done = new Events<>();
    Thread.startVirtualThread(() -> {
      try {
        done.add(resolver.resolve("a"));
      } catch (UnknownHostException e) {
        done.add(e);
      }
    });
    resolver.lookups().await(1);
    assertThat(done.all()).isEmpty();
    gate.open();
    assertThat(done.await(1).getFirst().toString()).contains("0:0:0:0:0:0:0:1");
  }

  @Test
  void gateAndEventsGiveUpInTime() {
    assertThatThrownBy(() -> new Gate("x").await(Duration.ofMillis(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessage("gate 'x' did not open within PT0.001S");
    Events<String> events = new Events<>();
    events.add("one");
    assertThatThrownBy(() -> events.await(2, Duration.ofMillis(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessage("expected 2 events within PT0.001S, got [one]");
  }

  @Test
  void escapesWhatIsNotPrintable() {
    assertThat(Escaped.of("a\r\n\t\\\0\u00ff~")).isEqualTo("a\\r\\n\\t\\\\\\x00\\xff~");
    assertThat(Escaped.of("x".repeat(1000))).endsWith("… (400 more bytes)");
  }

  @Test
  void measuresAllocation() {
    Runnable allocate = () -> assertThat(new byte[100_000]).hasSize(100_000);
    allocate.run();
    assertThat(Allocation.of(allocate)).isGreaterThanOrEqualTo(100_000);
    assertThat(Allocation.of(() -> {})).isLessThan(10_000);
  }
}
