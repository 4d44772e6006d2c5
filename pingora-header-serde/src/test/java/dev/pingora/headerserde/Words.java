// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import dev.pingora.http.HttpDate;
import java.util.Random;

/// Random parts of field values. [Random]'s numbers are specified, so the same seed gives the same
/// words on every JVM.
final class Words {
  private static final String HEX = "0123456789abcdef";
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final String URL64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final String[] SYLLABLES = {
    "al", "ber", "co", "dex", "en", "flo", "gra", "hub", "in", "jo", "kel", "lum", "mar", "net",
    "or", "pix", "qui", "ron", "sol", "tec", "ul", "vex", "win", "yo", "zen"
  };
  private static final String[] TOP = {
    "com", "com", "com", "net", "org", "io", "dev", "de", "example"
  };

  /// 1 January 2018; dates spread over twelve years, so that no dictionary learns one.
  private static final long FIRST_SECOND = 1_514_764_800L;

  private static final int SECONDS = 12 * 365 * 86_400;

  private final Random random;

  Words(long seed) {
    this.random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /// True once in so many times.
  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  String hex(int length) {
    return of(HEX, length);
  }

  String upper(int length) {
    return of(UPPER, length);
  }

  String base64(int length) {
    return of(BASE64, length);
  }

  String url64(int length) {
    return of(URL64, length);
  }

  private String of(String alphabet, int length) {
    StringBuilder word = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      word.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return word.toString();
  }

  String uuid() {
    return hex(8)
        + "-"
        + hex(4)
        + "-4"
        + hex(3)
        + "-"
        + pick("8", "9", "a", "b")
        + hex(3)
        + "-"
        + hex(12);
  }

  long second() {
    return FIRST_SECOND + random.nextInt(SECONDS);
  }

  String date() {
    return date(second());
  }

  static String date(long second) {
    return HttpDate.format(second);
  }

  String name() {
    StringBuilder name = new StringBuilder();
    for (int i = 2 + below(3); i > 0; i--) {
      name.append(pick(SYLLABLES));
    }
    return name.toString();
  }

  String host() {
    return pick("www", "cdn", "static", "api", "img", "assets", "shop", "app")
        + "."
        + name()
        + "."
        + pick(TOP);
  }

  String path() {
    StringBuilder path = new StringBuilder();
    for (int i = 1 + below(4); i > 0; i--) {
      path.append('/').append(name());
    }
    return path.toString();
  }

  int length() {
    int magnitude = below(6);
    return 1 + below((int) Math.pow(10, 1 + magnitude));
  }
}
