// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class FieldNameTest {
  private static Stream<FieldName> constants() {
    return IntStream.range(1, KnownNames.MAX_NAMES)
        .mapToObj(FieldName.TABLE::byId)
        .filter(Objects::nonNull);
  }

  @Test
  void findsEachConstantInAnyCaseByTextAndByOctets() {
    assertThat(constants()).hasSizeGreaterThan(90);
    constants()
        .forEach(name -> {
          String text = name.text();
          String upper = text.toUpperCase(Locale.ROOT);
          byte[] octets = (":" + upper + ":").getBytes(StandardCharsets.ISO_8859_1);
          assertThat(FieldName.of(text)).isSameAs(name);
          assertThat(FieldName.of(text.toLowerCase(Locale.ROOT))).isSameAs(name);
          assertThat(FieldName.of(upper)).isSameAs(name);
          assertThat(FieldName.known(octets, 1, text.length())).isSameAs(name);
          assertThat(FieldName.known(octets, 1, text.length() - 1)).isNotSameAs(name);
          assertThat(FieldName.TABLE.length(name.id())).isEqualTo(text.length());
        });
  }

  @Test
  void numbersNoTwoConstantsAlike() {
    Set<Integer> ids = new HashSet<>();
    constants().forEach(name -> assertThat(ids.add(name.id())).isTrue());
    assertThat(ids).allMatch(id -> id > 0 && id < KnownNames.MAX_NAMES);
  }

  @Test
  void probesFewCells() {
    assertThat(FieldName.TABLE.longestRun()).isLessThanOrEqualTo(4);
  }

  @Test
  void keepsTheCaseOfOtherNames() {
    FieldName name = FieldName.of("X-mIxEd");

    assertThat(name.text()).isEqualTo("X-mIxEd");
    assertThat(name).hasToString("X-mIxEd");
    assertThat(name.id()).isZero();
    assertThat(name.length()).isEqualTo(7);
    assertThat(name.lowerByte(3)).isEqualTo((byte) 'i');
    assertThat(name.matches("x-MiXeD")).isTrue();
    assertThat(name.matches("x-mixe")).isFalse();
  }

  @Test
  void equalsWithoutCase() {
    FieldName name = FieldName.of("X-A");

    assertThat(name).isEqualTo(FieldName.of("x-a")).hasSameHashCodeAs(FieldName.of("x-a"));
    assertThat(name).isNotEqualTo(FieldName.of("x-b")).isNotEqualTo(FieldName.HOST);
  }

  @Test
  void knowsTheCharactersOfTokens() {
    String others = "!#$%&'*+-.^_`|~";
    for (int c = 0; c < 256; c++) {
      boolean alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      assertThat(FieldName.isTokenChar(c)).as("%x", c).isEqualTo(alnum || others.indexOf(c) >= 0);
    }
  }

  @Test
  void findsNothingForOctetsOutsideAscii() {
    byte[] octets = {(byte) 0xC8, (byte) 0xEF, (byte) 0xF3, (byte) 0xF4};

    assertThat(FieldName.known(octets, 0, 4)).isNull();
    assertThat(FieldName.known(octets, 0, 0)).isNull();
  }
}
