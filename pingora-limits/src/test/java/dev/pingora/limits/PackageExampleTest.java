// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The example of the package's page, so that it compiles and does what it says.
class PackageExampleTest {
  private final Gcra perClient =
      Gcra.of(100, Duration.ofSeconds(1), 20, () -> 0); // 100 a second, 20 at once
  private final Inflight uploads = Inflight.create();
  private final Rate rate = Rate.of(Duration.ofSeconds(10), 4, 1024, () -> 0);

  private String serve(String client) {
    rate.observe(client, 1);
    long waitNanos = perClient.take(client, 1);
    if (waitNanos > 0) {
      return "429, Retry-After: " + Math.ceilDiv(waitNanos, 1_000_000_000);
    }
    try (Inflight.Guard guard = uploads.incr(client, 1)) {
      return guard.count() > 10 ? "503" : "200";
    }
  }

  @Test
  void limitsClients() {
    for (int i = 0; i < 20; i++) {
      assertThat(serve("198.51.100.1")).isEqualTo("200");
    }
    assertThat(serve("198.51.100.1")).isEqualTo("429, Retry-After: 1");
    assertThat(serve("198.51.100.2")).isEqualTo("200");
    assertThat(rate.observe("198.51.100.1", 0)).isEqualTo(21);
  }
}
