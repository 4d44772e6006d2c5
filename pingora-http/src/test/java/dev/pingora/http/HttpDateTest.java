// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpDateTest {
  private static final long EXAMPLE = 784_111_777L; // of RFC 9110 §5.6.7
  private static final long NOW = Instant.parse("2026-11-21T00:00:00Z").getEpochSecond();

  @Test
  void writesTheExampleOfTheStandard() {
    assertThat(HttpDate.format(EXAMPLE)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
      })
  void readsAllThreeForms(String text) {
    assertThat(HttpDate.parse(text, NOW)).hasValue(EXAMPLE);
  }

  @Test
  void agreesWithTheLibraryOnRandomSeconds() {
    DateTimeFormatter format =
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    Random random = new Random(5_6_7);
    long last = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    for (int i = 0; i < 20_000; i++) {
      long second = random.nextLong(-2_000_000_000L, last + 1);
      String text = HttpDate.format(second);

      assertThat(text).isEqualTo(format.format(Instant.ofEpochSecond(second)));
      assertThat(text).hasSize(HttpDate.LENGTH);
      assertThat(HttpDate.parse(text, NOW)).hasValue(second);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "76,2076", // exactly 50 years ahead
    "77,1977", "00,2000", "26,2026", "99,1999",
  })
  void takesAYearFarAheadAsPast(String twoDigits, int year) {
    assertThat(HttpDate.parse("Friday, 01-Jan-" + twoDigits + " 00:00:00 GMT", NOW))
        .hasValue(Instant.parse(year + "-01-01T00:00:00Z").getEpochSecond());
  }

  @Test
  void takesAYearOfTheNextCenturyWhenItIsNear() {
    long late = Instant.parse("2090-01-01T00:00:00Z").getEpochSecond();

    assertThat(HttpDate.parse("Friday, 01-Jan-05 00:00:00 GMT", late))
        .hasValue(Instant.parse("2105-01-01T00:00:00Z").getEpochSecond());
  }

  @Test
  void readsLeapDaysAndLeapSeconds() {
    assertThat(HttpDate.parse("Thu, 29 Feb 2024 00:00:00 GMT", NOW)).isPresent();
    assertThat(HttpDate.parse("Sat, 31 Dec 2016 23:59:60 GMT", NOW))
        .hasValue(Instant.parse("2017-01-01T00:00:00Z").getEpochSecond());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "0",
        "-1",
        "Sun, ",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sux, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 2023 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08-49-37 GMT",
        "Sun, 06 Nov 199x 08:49:37 GMT",
        "Sun, 06 Nov -994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06-Nov-9x 08:49:37 GMT",
        "Someday, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06 Nov 94 08:49:37 GMT",
        "Sun Nov 06 08:49:37 94",
        "Sun Nov   6 08:49:37 1994",
        "Sun Nov  x 08:49:37 1994",
        "Sun Nov  0 08:49:37 1994",
        "Sun, 0\u0666 Nov 1994 08:49:37 GMT",
      })
  void refusesEverythingElse(String text) {
    assertThat(HttpDate.parse(text, NOW)).isEmpty();
  }

  @Test
  void survivesEveryCutAndEveryChange() {
    String[] forms = {
      "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
    };
    for (String form : forms) {
      for (int i = 0; i < form.length(); i++) {
        assertThat(HttpDate.parse(form.substring(0, i), NOW)).isEmpty();
        assertThat(HttpDate.parse(form.substring(0, i) + '\0' + form.substring(i + 1), NOW))
            .isEmpty();
        assertThat(HttpDate.parse(form.substring(0, i) + ',' + form.substring(i + 1), NOW))
            .matches(date -> date.isEmpty() || date.getAsLong() == EXAMPLE);
      }
    }
  }

  @Test
  void refusesSecondsWithoutAYearOfFourDigits() {
    assertThat(HttpDate.format(253_402_300_799L)).isEqualTo("Fri, 31 Dec 9999 23:59:59 GMT");
    assertThatThrownBy(() -> HttpDate.format(253_402_300_800L))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HttpDate.format(Long.MIN_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
