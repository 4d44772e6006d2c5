// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.FakeTicker;
import dev.pingora.testkit.tls.TestCertificates;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HandshakeRateTest {
  private final FakeTicker ticker = new FakeTicker(Long.MAX_VALUE - 5); // it may overflow
  private final HandshakeRate rate = HandshakeRate.of(4, ticker::nanoTime);

  private int begun(int tries) {
    int begun = 0;
    for (int i = 0; i < tries; i++) {
      begun += rate.begins() ? 1 : 0;
    }
    return begun;
  }

  @Test
  void aSecondsWorthAtOnceAndThenAsTimePasses() {
    assertThat(begun(10)).isEqualTo(4);
    ticker.advance(Duration.ofMillis(249));
    assertThat(begun(10)).isZero();
    ticker.advance(Duration.ofMillis(1));
    assertThat(begun(10)).isEqualTo(1);
    ticker.advance(Duration.ofHours(1));
    assertThat(begun(10)).isEqualTo(4);
    assertThat(rate.refused()).isEqualTo(6 + 10 + 9 + 6);
  }

  @Test
  void refusedOnesAreToldOnceInAWhileAndAll() {
    begun(5);
    assertThat(rate.untold()).isEqualTo(1);
    begun(1000);
    assertThat(rate.untold()).isZero();
    ticker.advance(HandshakeRate.SILENCE.minusNanos(1));
    assertThat(rate.untold()).isZero();
    ticker.advance(Duration.ofNanos(1));
    assertThat(rate.untold()).isEqualTo(1000);
    ticker.advance(HandshakeRate.SILENCE);
    assertThat(rate.untold()).isZero();
  }

  @Test
  void theUsualClockGivesASecondsWorthToo() {
    HandshakeRate usual = HandshakeRate.of(3);
    int begun = 0;
    for (int i = 0; i < 100_000 && usual.refused() == 0; i++) {
      begun += usual.begins() ? 1 : 0;
    }
    assertThat(begun).isGreaterThanOrEqualTo(3);
    assertThat(usual.refused()).isEqualTo(1);
  }

  @Test
  void negativeRatesAreRefused() {
    TlsSettings settings = TlsSettings.of(TestCertificates.server());
    assertThatThrownBy(() -> settings.withHandshakesPerSecond(-1))
        .hasMessage("handshakes per second: -1 (expected: 0 or more)");
  }
}
