// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.OptionalLong;

/// Dates of fields (RFC 9110 §5.6.7), in seconds since 1970-01-01T00:00:00Z.
///
/// Written is IMF-fixdate only: `Sun, 06 Nov 1994 08:49:37 GMT`. Read are also the two obsolete
/// forms, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov 6 08:49:37 1994`. All are case-sensitive
/// and of fixed width but for the day's name in the second. Formatting makes one string: keep it
/// for the rest of the second.
public final class HttpDate {
  /// The length of a written date.
  public static final int LENGTH = 29;

  /// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of a year can say.
  private static final long MIN_SECOND = -62_167_219_200L;

  private static final long MAX_SECOND = 253_402_300_799L;

  private static final int SECONDS_A_DAY = 86_400;
  private static final int NONE = -1;

  private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
  private static final List<String> LONG_DAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  private final String text;

  private HttpDate(String text) {
    this.text = text;
  }

  /// {@return the date as IMF-fixdate}
  ///
  /// @param epochSecond of the years 0 to 9999
  public static String format(long epochSecond) {
    if (epochSecond < MIN_SECOND || epochSecond > MAX_SECOND) {
      throw new IllegalArgumentException(
          "epochSecond: " + epochSecond + " (expected: years 0 to 9999)");
    }
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(epochSecond, SECONDS_A_DAY));
    int second = Math.floorMod(epochSecond, SECONDS_A_DAY);
    StringBuilder out = new StringBuilder(LENGTH);
    out.append(DAYS.get(date.getDayOfWeek().getValue() - 1)).append(", ");
    appendTwo(out, date.getDayOfMonth()).append(' ');
    out.append(MONTHS.get(date.getMonthValue() - 1)).append(' ');
    appendTwo(out, date.getYear() / 100);
    appendTwo(out, date.getYear() % 100).append(' ');
    appendTwo(out, second / 3600).append(':');
    appendTwo(out, second / 60 % 60).append(':');
    appendTwo(out, second % 60).append(" GMT");
    return out.toString();
  }

  private static StringBuilder appendTwo(StringBuilder out, int number) {
    return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  /// {@return the second that a date in one of the three forms says, or empty}
  ///
  /// The day's name must be a name, but not that of the date. A second of 60 is the next minute's
  /// 0.
  ///
  /// @param nowEpochSecond decides the century of a year of two digits: one that seems to be more
  ///   than 50 years ahead is taken as past (RFC 9110 §5.6.7)
  public static OptionalLong parse(String text, long nowEpochSecond) {
    HttpDate date = new HttpDate(text);
    int comma = text.indexOf(',');
    long second;
    if (comma == 3) {
      second = date.imfFixdate();
    } else if (comma > 3) {
      second = date.rfc850(comma, nowEpochSecond);
    } else {
      second = date.asctime();
    }
    return second == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(second);
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT`.
  private long imfFixdate() {
    boolean shape =
        text.length() == LENGTH
            && DAYS.contains(text.substring(0, 3))
            && has(3, ", ")
            && has(7, " ")
            && has(11, " ")
            && has(16, " ")
            && has(25, " GMT");
    return shape ? second(year(12), month(8), number(5), timeOfDay(17)) : Long.MIN_VALUE;
  }

  /// `Sunday, 06-Nov-94 08:49:37 GMT`.
  private long rfc850(int comma, long now) {
    int at = comma + 2;
    boolean shape =
        text.length() == comma + 24
            && LONG_DAYS.contains(text.substring(0, comma))
            && has(comma, ", ")
            && has(at + 2, "-")
            && has(at + 6, "-")
            && has(at + 9, " ")
            && has(at + 18, " GMT");
    int twoDigits = shape ? number(at + 7) : NONE;
    if (twoDigits == NONE) {
      return Long.MIN_VALUE;
    }
    int thisYear = LocalDate.ofEpochDay(Math.floorDiv(now, SECONDS_A_DAY)).getYear();
    int year = thisYear - thisYear % 100 + twoDigits;
    // The nearest such year that is not more than 50 years ahead.
    if (year > thisYear + 50) {
      year -= 100;
    } else if (year + 100 <= thisYear + 50) {
      year += 100;
    }
    return second(year, month(at + 3), number(at), timeOfDay(at + 10));
  }

  /// `Sun Nov 6 08:49:37 1994`: a day of one digit stands behind a space.
  private long asctime() {
    boolean shape =
        text.length() == 24
            && DAYS.contains(text.substring(0, 3))
            && has(3, " ")
            && has(7, " ")
            && has(10, " ")
            && has(19, " ");
    if (!shape) {
      return Long.MIN_VALUE;
    }
    int day = text.charAt(8) == ' ' ? digit(9) : number(8);
    return second(year(20), month(4), day, timeOfDay(11));
  }

  private static long second(int year, int month, int day, int timeOfDay) {
    if (year == NONE || month == NONE || day < 1 || timeOfDay == NONE) {
      return Long.MIN_VALUE;
    }
    if (day > YearMonth.of(year, month).lengthOfMonth()) {
      return Long.MIN_VALUE;
    }
    return LocalDate.of(year, month, day).toEpochDay() * SECONDS_A_DAY + timeOfDay;
  }

  /// `08:49:37`, in seconds.
  private int timeOfDay(int at) {
    int hour = number(at);
    int minute = number(at + 3);
    int second = number(at + 6);
    boolean right = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0;
    return right && second <= 60 && has(at + 2, ":") && has(at + 5, ":")
        ? hour * 3600 + minute * 60 + second
        : NONE;
  }

  private boolean has(int at, String expected) {
    return text.startsWith(expected, at);
  }

  private int month(int at) {
    int index = MONTHS.indexOf(text.substring(at, at + 3));
    return index < 0 ? NONE : index + 1;
  }

  private int year(int at) {
    int century = number(at);
    int rest = number(at + 2);
    return century == NONE || rest == NONE ? NONE : century * 100 + rest;
  }

  private int number(int at) {
    int tens = digit(at);
    int ones = digit(at + 1);
    return tens == NONE || ones == NONE ? NONE : tens * 10 + ones;
  }

  private int digit(int at) {
    char c = text.charAt(at);
    return c >= '0' && c <= '9' ? c - '0' : NONE;
  }
}
