// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FieldsTest {
  /// Reads lines with a parser too simple to be wrong.
  static Fields received(String... lines) {
    byte[] section = String.join("", lines).getBytes(StandardCharsets.ISO_8859_1);
    Fields fields = Fields.ofSection(section, lines.length);
    int start = 0;
    for (String line : lines) {
      int colon = line.indexOf(':');
      String value = line.substring(colon + 1).strip();
      int valueStart = value.isEmpty() ? colon + 1 : line.indexOf(value, colon + 1);
      fields.addLine(start, colon, start + valueStart, value.length(), start + line.length());
      start += line.length();
    }
    return fields;
  }

  private static String written(Fields fields) {
    ByteBuffer out = ByteBuffer.allocateDirect(fields.encodedLength());
    assertThat(fields.writeTo(out)).isTrue();
    byte[] octets = new byte[out.flip().remaining()];
    out.get(octets);
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  @Test
  void keepsCaseOrderAndDuplicates() {
    Fields fields = received("b: 1\r\n", "A: 2\r\n", "B: 3\r\n", "hOsT: x\r\n");

    assertThat(written(fields)).isEqualTo("b: 1\r\nA: 2\r\nB: 3\r\nhOsT: x\r\n");
    assertThat(fields.all("B")).containsExactly("1", "3");
    assertThat(fields)
        .containsExactly(
            new Field("b", "1"), new Field("A", "2"), new Field("B", "3"), new Field("hOsT", "x"));
  }

  @Test
  void writesUntouchedLinesAsTheyCame() {
    Fields fields = received("A:1\r\n", "B:   2  \r\n", "C:\t3\r\n", "Empty:\r\n", "D:4\r\n");
    fields.remove("C");
    fields.set("D", "5");

    assertThat(written(fields)).isEqualTo("A:1\r\nB:   2  \r\nEmpty:\r\nD: 5\r\n");
    assertThat(fields.first("b")).isEqualTo("2");
    assertThat(fields.first("empty")).isEmpty();
  }

  @Test
  void rewritesLinesWithMoreSpaceThanASlotCanTell() {
    Fields fields = received("A:     1\r\n", "B: 2     \r\n", "Host:\t\t\t\t\t\r\n");

    assertThat(written(fields)).isEqualTo("A: 1\r\nB: 2\r\nHost: \r\n");
    assertThat(fields.contains(FieldName.HOST)).isTrue();
  }

  @Test
  void takesLinesThatWereMadeBefore() {
    FieldLine line = FieldLine.of(FieldName.of("X-Made"), " \t a  b ");
    Fields fields = received("A: 1\r\n", "x-made: 2\r\n", "B: 3\r\n", "X-MADE: 4\r\n");
    fields.set(line);
    fields.add(line);
    fields.add(FieldLine.of(FieldName.VIA, ""));

    assertThat(written(fields))
        .isEqualTo("A: 1\r\nX-Made: a  b\r\nB: 3\r\nX-Made: a  b\r\nVia: \r\n");
    assertThat(fields.first("x-made")).isEqualTo("a  b");
    assertThat(line).hasToString("FieldLine[X-Made]");
    assertThatThrownBy(() -> FieldLine.of(FieldName.VIA, "a\r\nb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("position 1");
  }

  @Test
  void setsTheValueOfAnotherLine() {
    Fields from = received("Host:  caf\u00e9:80 \r\n");
    Fields fields = received("A: 1\r\n", "x-forwarded-host: evil\r\n", "B: 2\r\n");
    fields.set(FieldName.X_FORWARDED_HOST, from, 0);
    fields.set(FieldName.VIA, fields, 0);
    from.set(FieldName.HOST, "other");

    assertThat(written(fields))
        .isEqualTo("A: 1\r\nX-Forwarded-Host: caf\u00e9:80\r\nB: 2\r\nVia: 1\r\n");
  }

  @Test
  void keepsOctetsOver0x7f() {
    Fields fields = received("A: caf\u00e9\r\n");
    fields.add(FieldName.of("B"), new byte[] {(byte) 0xC3, (byte) 0xA9});

    assertThat(fields.first("a")).isEqualTo("caf\u00e9");
    assertThat(fields.first("b")).isEqualTo("\u00c3\u00a9");
    assertThat(written(fields)).isEqualTo("A: caf\u00e9\r\nB: \u00c3\u00a9\r\n");
  }

  @Test
  void findsNamesInAnyCase() {
    Fields fields = received("CONTENT-type: a\r\n", "x-Custom: b\r\n");

    assertThat(fields.first("content-TYPE")).isEqualTo("a");
    assertThat(fields.first(FieldName.CONTENT_TYPE)).isEqualTo("a");
    assertThat(fields.first(FieldName.of("X-CUSTOM"))).isEqualTo("b");
    assertThat(fields.first("X-CUSTOM")).isEqualTo("b");
    assertThat(fields.first("X-CUSTOMS")).isNull();
    assertThat(fields.first("")).isNull();
    assertThat(fields.first("Con\u0442ent-Type")).isNull();
    // U+212A KELVIN SIGN is "k" to Unicode, not to HTTP.
    assertThat(received("K: 1\r\n").first("\u212a")).isNull();
  }

  @Test
  void setTakesThePlaceOfTheFirstAndRemovesTheRest() {
    Fields fields = received("A: 1\r\n", "B: 2\r\n", "a: 3\r\n", "C: 4\r\n", "A: 5\r\n");

    fields.set("a", "6");

    assertThat(written(fields)).isEqualTo("a: 6\r\nB: 2\r\nC: 4\r\n");
  }

  @Test
  void usesTheUsualCaseForTypedNamesAndTheGivenCaseForTexts() {
    Fields fields = Fields.empty();
    fields.set(FieldName.ETAG, "1");
    fields.add("eTaG", "2");
    fields.set(FieldName.of("ETAG"), "3");
    fields.add(FieldName.of("X-mIxEd"), "4");

    assertThat(written(fields)).isEqualTo("ETag: 3\r\nX-mIxEd: 4\r\n");
  }

  @Test
  void stripsSpaceAndTabAroundValues() {
    Fields fields = Fields.empty();
    fields.add("A", " \t b \t c\t ");
    fields.add("B", " \t ");
    fields.add(FieldName.of("C"), "\t x ".getBytes(StandardCharsets.US_ASCII));

    assertThat(written(fields)).isEqualTo("A: b \t c\r\nB: \r\nC: x\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\r", "a\n", "\r\nX: y", "a\0b", "\u0001", "\u007f", "a\u001b[31m", "\u20ac"})
  void refusesValuesThatCouldBreakOut(String value) {
    Fields fields = received("A: 1\r\n");

    assertThatThrownBy(() -> fields.set("A", value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("field A: ")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
    assertThatThrownBy(() -> fields.add(FieldName.of("A"), value))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(written(fields)).isEqualTo("A: 1\r\n");
  }

  @ParameterizedTest
  @ValueSource(bytes = {0, 1, 10, 13, 31, 127})
  void refusesOctetsThatCouldBreakOut(byte octet) {
    Fields fields = Fields.empty();

    assertThatThrownBy(() -> fields.add(FieldName.of("A"), new byte[] {'x', octet}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("position 1")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
    assertThatThrownBy(() -> fields.set(FieldName.HOST, new byte[] {octet}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fields.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a:", "a\r\nb", "\u00e9", "a\0", "a(b", "\u20ac", "a\t"})
  void refusesNamesThatAreNoTokens(String name) {
    Fields fields = Fields.empty();

    assertThatThrownBy(() -> fields.add(name, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("field name")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
    assertThatThrownBy(() -> fields.set(name, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> FieldName.of(name)).isInstanceOf(IllegalArgumentException.class);
    assertThat(fields.remove(name)).isFalse();
    assertThat(fields.isEmpty()).isTrue();
  }

  @Test
  void boundsWhatAMessageAboutAWrongNameShows() {
    assertThatThrownBy(() -> Fields.empty().add("\n".repeat(100_000), "x"))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    assertThatThrownBy(() -> Fields.empty().add("a".repeat(100_000), "\n".repeat(100_000)))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "close | close | true",
        "Close | cLOSE | true",
        "keep-alive, close | close | true",
        "keep-alive,close,x | close | true",
        "`,, ,\tclose\t,` | close | true",
        "closed | close | false",
        "not close | close | false",
        "`\"a,close,b\"` | close | false",
        "`\"a\\\",close,\", x` | close | false",
        "`\"a\",close` | close | true",
        "`\"a\\\\\",close` | close | true",
        "`\"open,close` | close | false",
        "trailers;q=0.5 | trailers | false",
        "`` | close | false",
        "`,` | close | false",
        "`\"` | close | false",
        "`\\` | close | false",
        "`close\\` | close | false",
      })
  void readsValuesAsLists(String value, String token, boolean expected) {
    Fields fields = received("Connection:" + value + "\r\n");

    assertThat(fields.contains(FieldName.CONNECTION, token)).isEqualTo(expected);
    assertThat(fields.contains("connection", token)).isEqualTo(expected);
    assertThat(fields.hasMember(0, token)).isEqualTo(expected);
  }

  @Test
  void searchesTheTokenInAllLinesOfTheName() {
    Fields fields = received("Connection: a\r\n", "Other: b\r\n", "connection: c, d\r\n");

    assertThat(fields.contains(FieldName.CONNECTION, "d")).isTrue();
    assertThat(fields.contains(FieldName.CONNECTION, "b")).isFalse();
    assertThat(fields.contains(FieldName.CONNECTION, "")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "12,12",
    "007,7",
    "9223372036854775807,9223372036854775807",
    "9223372036854775808,-1",
    "99999999999999999999,-1",
    "-1,-1",
    "+1,-1",
    "1 2,-1",
    "0x1,-1",
    "'1,1',-1",
    "'',-1",
    "\u0661,-1",
  })
  void readsNumbersStrictly(String text, long expected) {
    byte[] octets = ("A: " + text + "\r\n").getBytes(StandardCharsets.UTF_8);
    Fields fields = Fields.ofSection(octets, 1);
    fields.addLine(0, 1, 3, octets.length - 5, octets.length);

    assertThat(fields.valueAsLong(0)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 99, 100, 12345, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void writesNumbers(long number) {
    Fields fields = Fields.empty();
    fields.add(FieldName.AGE, number);
    fields.set("Age2", number);

    assertThat(fields.first("Age")).isEqualTo(Long.toString(number));
    assertThat(fields.first("Age2")).isEqualTo(Long.toString(number));
  }

  @Test
  void givesOctetsAndTextOfOneLine() {
    Fields fields = received("cOOkie:  a=b\r\n", "Host: h\r\n", "host: i\r\n");
    byte[] target = new byte[5];
    fields.copyValue(0, target, 1);

    assertThat(fields.name(0)).isEqualTo("cOOkie");
    assertThat(fields.name(1)).isSameAs(FieldName.HOST.text());
    assertThat(fields.nameId(0)).isEqualTo(FieldName.COOKIE.id());
    assertThat(fields.nameLength(0)).isEqualTo(6);
    byte[] name = new byte[7];
    fields.copyName(0, name, 1);
    assertThat(name).containsExactly(0, 'c', 'O', 'O', 'k', 'i', 'e');
    assertThat(fields.nameByte(0, 1)).isEqualTo((byte) 'O');
    assertThat(fields.valueLength(0)).isEqualTo(3);
    assertThat(fields.valueByte(0, 2)).isEqualTo((byte) 'b');
    assertThat(target).containsExactly(0, 'a', '=', 'b', 0);
    assertThat(fields.valueEqualsIgnoreCase(0, "A=B")).isTrue();
    assertThat(fields.valueEqualsIgnoreCase(0, "A=")).isFalse();
    assertThat(fields.nextSame(1)).isEqualTo(2);
    assertThat(fields.nextSame(0)).isEqualTo(-1);
    assertThat(fields.indexOf("HOST", 2)).isEqualTo(2);
    assertThat(fields.indexOf(FieldName.HOST, 3)).isEqualTo(-1);
  }

  @Test
  void tellsACodecWhichNameALineHas() {
    byte[] section = "hOst: a\r\nX: b\r\nTE:      c\r\n".getBytes(StandardCharsets.US_ASCII);
    Fields fields = Fields.ofSection(section, 3);

    assertThat(fields.addLine(0, 4, 6, 1, 9)).isEqualTo(FieldName.HOST.id());
    assertThat(fields.addLine(9, 1, 12, 1, 15)).isZero();
    assertThat(fields.addLine(15, 2, 24, 1, 27)).isEqualTo(FieldName.TE.id());
    assertThat(fields.nameId(2)).isEqualTo(FieldName.TE.id());
  }

  @Test
  void refusesIndexesAndLinesOutOfBounds() {
    Fields fields = received("A: 1\r\n");

    assertThatThrownBy(() -> fields.value(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> fields.valueByte(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> fields.removeAt(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> fields.addLine(0, 1, 3, 1, 7))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> fields.addLine(0, 0, 1, 0, 6))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fields.addLine(0, 1, 1, 1, 6))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fields.addLine(0, 1, 3, 2, 6))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fields.size()).isEqualTo(1);
  }

  @Test
  void copiesShareNothingThatChanges() {
    Fields original = received("A: 1\r\n", "B: 2\r\n");
    original.add("C", "3");
    Fields first = original.copy();
    Fields second = first.copy();

    original.add("D", "original");
    first.set("A", "first");
    second.remove("B");
    first.copy().clear();

    assertThat(written(original)).isEqualTo("A: 1\r\nB: 2\r\nC: 3\r\nD: original\r\n");
    assertThat(written(first)).isEqualTo("A: first\r\nB: 2\r\nC: 3\r\n");
    assertThat(written(second)).isEqualTo("A: 1\r\nC: 3\r\n");
  }

  @Test
  void needsNoMoreRoomForANameThatIsSetAMillionTimes() {
    Fields fields = Fields.empty();
    for (int i = 0; i < 1_000_000; i++) {
      fields.set("X-Tries", i);
    }

    assertThat(fields.own().length).isLessThan(256);
    assertThat(written(fields)).isEqualTo("X-Tries: 999999\r\n");
  }

  @Test
  void refusesToGrowBeyondItsLimit() {
    Fields fields = Fields.empty();
    String half = "x".repeat(Fields.MAX_OCTETS / 2);
    fields.add("A", half);

    assertThatThrownBy(() -> fields.add("B", half))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("added fields: 8388616 octets (expected: up to 8388607)");
    assertThatThrownBy(() -> Fields.ofSection(new byte[Fields.MAX_OCTETS + 1], 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fields.size()).isEqualTo(1);
    assertThat(fields.first("A")).isEqualTo(half);
  }

  @Test
  void canAddToItselfWhileItReads() {
    Fields fields = received("A: 1\r\n", "B: 2\r\n");
    fields.addFrom(fields);
    fields.addFrom(fields, 2);

    assertThat(written(fields)).isEqualTo("A: 1\r\nB: 2\r\nA: 1\r\nB: 2\r\nA: 1\r\n");
  }

  @Test
  void removesASetOfNamesInOneGo() {
    FieldNames names =
        FieldNames.of(
            FieldName.HOST, FieldName.TE, FieldName.GRPC_STATUS, FieldName.of("x-y"), FieldName.TE);
    Fields fields =
        received("te: a\r\n", "A: 1\r\n", "X-Y: b\r\n", "Grpc-Status: 0\r\n", "TE: c\r\n");

    assertThat(names.names()).hasSize(4);
    assertThat(fields.mayContain(names)).isTrue();
    assertThat(fields.remove(names)).isTrue();
    assertThat(fields.remove(names)).isFalse();
    assertThat(written(fields)).isEqualTo("A: 1\r\n");
    assertThat(received("Via: x\r\n").mayContain(FieldNames.of(FieldName.HOST))).isFalse();
  }

  @Test
  void tellsNamesButNoValuesInLogs() {
    assertThat(received("Authorization: secret\r\n", "A: b\r\n"))
        .hasToString("Fields[Authorization, A]");
  }

  @Test
  void visitsLinesInOrder() {
    List<String> seen = new ArrayList<>();
    received("B: 1\r\n", "A: 2\r\n").forEach((name, value) -> seen.add(name + "=" + value));

    assertThat(seen).containsExactly("B=1", "A=2");
  }
}
