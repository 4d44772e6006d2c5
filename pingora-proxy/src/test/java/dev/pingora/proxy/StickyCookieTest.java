// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.testkit.FakeClock;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Cookies that name a server, and those that only seem to.
class StickyCookieTest {
  private static final String SECRET = "0123456789abcdef";
  private static final Duration TTL = Duration.ofHours(1);

  private final FakeClock clock = new FakeClock();
  private final StickyCookie cookie = StickyCookie.of("route", TTL, SECRET, clock::millis);
  private final String label = cookie.label("10.0.0.1:80");

  private static Fields asking(String... cookies) {
    RequestHeader request = RequestHeader.of("GET", "/");
    for (String line : cookies) {
      request.add("Cookie", line);
    }
    return request.headers();
  }

  /// {@return the `name=value` that a response sets; empty for none}
  private String set(Fields request) {
    ResponseHeader response = ResponseHeader.of(200);
    cookie.write(request, response, label, false);
    String field = response.headers().first(FieldName.SET_COOKIE);
    return field == null ? "" : field.substring(0, field.indexOf(';'));
  }

  @Test
  void clientComesBackWithWhatItWasGiven() {
    String pair = set(asking());
    assertThat(pair).startsWith("route=" + label + ".").hasSizeLessThan(60);
    assertThat(cookie.read(asking("a=1; " + pair + "; b=2"))).isEqualTo(label);
    assertThat(cookie.read(asking("a=1", pair))).isEqualTo(label);
    assertThat(cookie.read(asking())).isNull();
    assertThat(label).doesNotContain("10.0").hasSize(12).isEqualTo(cookie.label("10.0.0.1:80"));
    assertThat(cookie.label("10.0.0.2:80")).isNotEqualTo(label);
  }

  @Test
  void attributesKeepItFromScriptsAndOtherSites() {
    ResponseHeader response = ResponseHeader.of(200);
    cookie.write(asking(), response, label, true);
    assertThat(response.headers().first(FieldName.SET_COOKIE))
        .endsWith("; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure");
  }

  @Test
  void cookieIsRenewedInTheSecondHalfOfItsTimeOnly() {
    String pair = set(asking());
    assertThat(set(asking(pair))).isEmpty();
    clock.advance(Duration.ofMinutes(29));
    assertThat(set(asking(pair))).isEmpty();
    clock.advance(Duration.ofMinutes(2));
    assertThat(set(asking(pair))).isNotEmpty().isNotEqualTo(pair);
    assertThat(cookie.read(asking(pair))).isEqualTo(label);
    clock.advance(Duration.ofMinutes(30));
    assertThat(cookie.read(asking(pair))).isNull();
  }

  @Test
  void clockThatGoesBackMakesNoCookieHoldForLonger() {
    String pair = set(asking());
    clock.advance(Duration.ofDays(-30));
    assertThat(set(asking(pair))).isNotEmpty(); // replaced by one of the usual time
  }

  @Test
  void changedCookieCountsForNothing() {
    String value = set(asking()).substring("route=".length());
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder changed = new StringBuilder(value);
      switch (random.nextInt(3)) {
        case 0 -> changed.setCharAt(random.nextInt(value.length()), (char) random.nextInt(33, 59));
        case 1 -> changed.deleteCharAt(random.nextInt(value.length()));
        default ->
            changed.insert(random.nextInt(value.length() + 1), (char) random.nextInt(60, 127));
      }
      if (!changed.toString().equals(value)) {
        assertThat(cookie.read(asking("route=" + changed))).as(changed.toString()).isNull();
      }
    }
    for (String nonsense : new String[] {"", ".", "..", "a.b.c", "a..", ".".repeat(4_000)}) {
      assertThat(cookie.read(asking("route=" + nonsense))).isNull();
    }
  }

  @Test
  void otherSecretsMakeOtherCookies() {
    StickyCookie own = StickyCookie.of("route", TTL, null, clock::millis);
    StickyCookie other = StickyCookie.of("route", TTL, null, clock::millis);
    assertThat(own.label("a")).isNotEqualTo(other.label("a"));
    assertThat(own.read(asking(set(asking())))).isNull();
    StickyCookie same = StickyCookie.of("route", TTL, SECRET, clock::millis);
    assertThat(same.read(asking(set(asking())))).isEqualTo(label);
  }

  @Test
  void cookieThatWouldNeverHoldIsRefused() {
    assertThatThrownBy(() -> StickyCookie.of("a", Duration.ofMillis(1), null))
        .hasMessage("ttl: PT0.001S (expected: 1 s or more)");
  }

  @Test
  void cookiesAreFoundByTheirWholeName() {
    Fields fields = asking("route2=x; xroute=y;route=z ;  route=second", "q=\"quoted\"");
    assertThat(CookieField.first(fields, "route")).isEqualTo("z");
    assertThat(CookieField.first(fields, "q")).isEqualTo("\"quoted\"");
    assertThat(CookieField.first(fields, "rout")).isNull();
    assertThat(CookieField.first(asking(";;; =; a", "="), "a")).isNull();
    assertThat(Objects.requireNonNull(CookieField.first(asking("e="), "e"))).isEmpty();
  }
}
