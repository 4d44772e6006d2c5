// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// CVE-2025-8671: a client that makes the server reset its own streams has the same effect as one
/// that resets them, and has to run into the same budget.
final class MadeYouResetTest {
  private static Arguments way(String name, IntFunction<Raw> provoke) {
    return Arguments.of(name, provoke);
  }

  static Stream<Arguments> provocations() {
    return Stream.of(
        way("WINDOW_UPDATE of 0", id -> open(id).windowUpdate(id, 0)),
        way("WINDOW_UPDATE beyond 2^31-1", id -> open(id).windowUpdate(id, Integer.MAX_VALUE)),
        way("PRIORITY of wrong size", id -> open(id).frame(2, 0, id, new byte[4])),
        way("PRIORITY on itself", id -> open(id).priority(id, id)),
        way("DATA after the end", id -> request(id).data(id, "x", false)),
        way("HEADERS after the end", id -> request(id).headers(id, true, new Raw())),
        way("DATA beyond Content-Length", MadeYouResetTest::tooMuch),
        way("trailers that do not end", id -> open(id).headers(id, false, new Raw())),
        way("malformed trailers", id -> open(id).headers(id, true, new Raw().line("upgrade", "x"))),
        way("malformed request", id -> new Raw().headers(id, true, Raw.get(""))),
        way("DATA after RST_STREAM", id -> open(id).reset(id, 8).data(id, "x", false)));
  }

  private static Raw open(int id) {
    return new Raw().headers(id, false, Raw.post("/"));
  }

  private static Raw request(int id) {
    return new Raw().headers(id, true, Raw.get("/"));
  }

  private static Raw tooMuch(int id) {
    return new Raw()
        .headers(id, false, Raw.post("/").line("content-length", "1"))
        .data(id, "xx", false);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("provocations")
  void endsTheConnectionWhenTheBudgetIsUsedUp(String name, IntFunction<Raw> provoke) {
    ServerFixture server = ServerFixture.open();
    int rounds = 0;
    while (server.connection.state() == Http2State.OPEN && rounds < 10_000) {
      server.send(provoke.apply(2 * rounds + 1));
      if (!server.requests.isEmpty()) {
        server.requests.getLast().stream().release();
      }
      rounds++;
    }
    assertThat(rounds).as(name).isBetween(100, 201);
    server.assertConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
  }
}
