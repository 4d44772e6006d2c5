// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The example of the package's page, so that it compiles and does what it says.
class PackageExampleTest {
  private final AtomicInteger closed = new AtomicInteger();

  private static String ask(String server) {
    return server + " says yes";
  }

  private void close() {
    closed.incrementAndGet();
  }

  @Test
  void limitsACallAndFiresATimer() throws Exception {
    Timeouts timeouts = Timeouts.coarse(System::nanoTime); // one for the program
    String answer = timeouts.call(Duration.ofSeconds(20), () -> ask("a"));
    assertThat(answer).isEqualTo("a says yes");
    timeouts.sleep(Duration.ofMillis(1));

    long now = 0;
    TimerWheel wheel = new TimerWheel(now); // or, on a thread of one's own
    Timer timer = new Timer(this::close);
    wheel.schedule(timer, now + 60_000_000_000L);
    wheel.advance(now + 1_000_000); // by its loop
    assertThat(closed).hasValue(0);
    wheel.advance(now + 61_000_000_000L);
    assertThat(closed).hasValue(1);
  }
}
