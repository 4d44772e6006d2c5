// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers with a unit: durations (`10ms`, `5s`, `2m`, `1h`) and sizes (`512`, `64KiB`, `1MiB`).
///
/// A duration always has its unit, also when it is `0s`: `timeout: 30` means seconds to one reader
/// and milliseconds to the next.
final class Quantities {
  private static final Pattern NUMBER = Pattern.compile("([0-9]{1,18})([A-Za-z]*)");

  /// From the largest, so that printing finds the shortest text.
  private static final Map<String, Long> MILLIS =
      units(List.of("h", "m", "s", "ms"), 3_600_000, 60_000, 1_000, 1);

  private static final Map<String, Long> BYTES =
      units(List.of("GiB", "MiB", "KiB", ""), 1L << 30, 1L << 20, 1L << 10, 1);

  private Quantities() {}

  static Duration duration(String text) {
    return Duration.ofMillis(parse(text, MILLIS, "is not a duration"));
  }

  static long bytes(String text) {
    return parse(text, BYTES, "is not a size");
  }

  /// {@return the text of a duration; below a millisecond nothing is kept}
  static String print(Duration duration) {
    long millis = duration.toMillis();
    return millis == 0 ? "0s" : print(millis, MILLIS);
  }

  static String print(long bytes) {
    return bytes == 0 ? "0" : print(bytes, BYTES);
  }

  private static long parse(String text, Map<String, Long> units, String fault) {
    Matcher matcher = NUMBER.matcher(text);
    Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(Quoted.of(text) + " " + fault);
    }
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
    } catch (ArithmeticException _) {
      throw new IllegalArgumentException(Quoted.of(text) + " is too large");
    }
  }

  private static String print(long amount, Map<String, Long> units) {
    for (Map.Entry<String, Long> unit : units.entrySet()) {
      if (amount % unit.getValue() == 0) {
        return amount / unit.getValue() + unit.getKey();
      }
    }
    throw new IllegalStateException("every amount is a multiple of one");
  }

  /// Largest first: the order in which [#print] tries them.
  private static Map<String, Long> units(List<String> names, long... sizes) {
    Map<String, Long> units = new LinkedHashMap<>();
    for (int i = 0; i < sizes.length; i++) {
      units.put(names.get(i), sizes[i]);
    }
    return units;
  }
}
