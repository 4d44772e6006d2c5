// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LeaksTest {
  private static void useEverything() {
    try (ScriptedServer server = ScriptedServer.each(c -> c.expect("a").send("b"));
        TestOrigin origin = TestOrigin.start();
        Wire first = ScriptedClient.tcp(server.port());
        Wire second = ScriptedClient.tcp(origin.port())) {
      first.send("a").expect("b").expectClosed();
      second.send(RawHttp.get("/"));
      second.readResponse();
    }
  }

  @Test
  void testkitLeavesNothingOpen() {
    useEverything();
    Leaks leaks = Leaks.baseline();
    for (int i = 0; i < 50; i++) {
      useEverything();
    }
    leaks.assertNone();
  }

  @Test
  void noticesADescriptorLeftOpen() {
    useEverything();
    Leaks leaks = Leaks.baseline();
    try (TestOrigin origin = TestOrigin.start()) {
      assertThat(origin.port()).isPositive();
      assertThatThrownBy(() -> leaks.assertAtMost(0, Duration.ofMillis(50)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("test-origin")
          .hasMessageContaining("socket");
      leaks.assertAtMost(20, Duration.ofMillis(50));
    }
    leaks.assertNone();
  }
}
