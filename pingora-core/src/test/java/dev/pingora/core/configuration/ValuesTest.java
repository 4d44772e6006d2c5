// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The typed readers: what each takes, what it refuses and how it says so.
final class ValuesTest {

  private enum Colour {
    RED,
    DARK_BLUE
  }

  private static <T> @Nullable T read(ValueType<T> type, String yaml, Problems problems) {
    ConfigNode.Mapping top = YamlReader.parse("k: " + yaml, "f", Map.of(), problems);
    ConfigNode node = top.get("k");
    assertThat(node).isNotNull();
    return type.read(node, KeyPath.root().key("k"), problems);
  }

  private static <T> void accepts(ValueType<T> type, String yaml, T value) {
    var problems = new Problems();
    assertThat(read(type, yaml, problems)).as(yaml).isEqualTo(value);
    assertThat(problems.list()).as(yaml).isEmpty();
    assertThat(type.fault(value)).isNull();
    // What is written is read again.
    assertThat(read(type, JsonText.of(type.plain(value)), problems)).isEqualTo(value);
  }

  private static void refuses(ValueType<?> type, String yaml, String message) {
    var problems = new Problems();
    assertThat(read(type, yaml, problems)).as(yaml).isNull();
    assertThat(problems.list().stream().map(Problem::toString))
        .containsExactly("f:1: k: " + message);
  }

  @Test
  void booleansAreTrueAndFalse() {
    accepts(Values.bool(), "true", true);
    accepts(Values.bool(), "\"false\"", false);
    refuses(Values.bool(), "yes", "is \"yes\" (expected: true or false)");
    refuses(Values.bool(), "True", "is \"True\" (expected: true or false)");
    refuses(Values.bool(), "", "has no value (expected: true or false)");
    refuses(Values.bool(), "[true]", "is a list (expected: true or false)");
    refuses(Values.bool(), "{a: true}", "is a map (expected: true or false)");
  }

  @Test
  void integersAreDecimalAndWithinBounds() {
    ValueType<Integer> type = Values.integer(-5, 1024);
    accepts(type, "0", 0);
    accepts(type, "1024", 1024);
    accepts(type, "-5", -5);
    accepts(type, "'8'", 8);
    refuses(type, "1025", "is 1025 (expected: -5..1024)");
    refuses(type, "-6", "is -6 (expected: -5..1024)");
    for (String bad :
        List.of("08", "0x10", "1_0", "1.0", "1e2", "+1", "-0", "ten", "\"\"", " '1 '")) {
      var problems = new Problems();
      assertThat(read(type, bad, problems)).as(bad).isNull();
      assertThat(problems.list().getFirst().what()).as(bad).endsWith("is not a whole number");
    }
    refuses(
        type,
        "99999999999999999999",
        "\"99999999999999999999\" is not a whole number (expected: -5..1024)");
    refuses(type, "4294967296", "is 4294967296 (expected: -5..1024)");
  }

  @Test
  void durationsHaveAUnit() {
    ValueType<Duration> type = Values.duration(Duration.ZERO, Duration.ofHours(24));
    accepts(type, "10ms", Duration.ofMillis(10));
    accepts(type, "5s", Duration.ofSeconds(5));
    accepts(type, "2m", Duration.ofMinutes(2));
    accepts(type, "1h", Duration.ofHours(1));
    accepts(type, "0s", Duration.ZERO);
    accepts(type, "0ms", Duration.ZERO);
    accepts(type, "90s", Duration.ofSeconds(90));
    accepts(type, "1500ms", Duration.ofMillis(1500));
    String form = " (expected: 0s..24h, as 10ms, 5s, 2m, 1h)";
    for (String bad : List.of("5", "0", "5 s", "1d", "1m30s", "-5s", "1.5s", "5S", "s", "10us")) {
      refuses(type, bad, "\"" + bad + "\" is not a duration" + form);
    }
    refuses(type, "25h", "is 25h" + form);
    refuses(type, "999999999999999999h", "\"999999999999999999h\" is too large" + form);
  }

  @Test
  void secondsAreNumbers() {
    ValueType<Duration> type = Values.seconds(1, 60);
    accepts(type, "30", Duration.ofSeconds(30));
    refuses(type, "0", "is 0 (expected: 1..60)");
    refuses(type, "30s", "\"30s\" is not a whole number (expected: 1..60)");
  }

  @Test
  void sizesAreBytesOrBinaryMultiples() {
    ValueType<Long> type = Values.bytes(0, 1L << 40);
    accepts(type, "0", 0L);
    accepts(type, "1500", 1500L);
    accepts(type, "64KiB", 65_536L);
    accepts(type, "1MiB", 1L << 20);
    accepts(type, "1024GiB", 1L << 40);
    String form = " (expected: 0..1024GiB, as 512, 64KiB, 1MiB)";
    for (String bad : List.of("64KB", "64K", "64 KiB", "64kib", "-1", "1.5MiB", "KiB", "1TiB")) {
      refuses(type, bad, "\"" + bad + "\" is not a size" + form);
    }
    refuses(type, "1025GiB", "is 1025GiB" + form);
    refuses(type, "99999999999GiB", "\"99999999999GiB\" is too large" + form);
  }

  @Test
  void quantitiesArePrintedWithTheLargestUnitThatFits() {
    assertThat(Quantities.print(Duration.ofMinutes(90))).isEqualTo("90m");
    assertThat(Quantities.print(Duration.ofMillis(61_000))).isEqualTo("61s");
    assertThat(Quantities.print(1536)).isEqualTo("1536");
    assertThat(Quantities.print(3 << 20)).isEqualTo("3MiB");
  }

  @Test
  void ratiosAreDecimalNumbers() {
    accepts(Values.ratio(1), "0.25", 0.25);
    accepts(Values.ratio(1), "1", 1.0);
    refuses(Values.ratio(1), "1.01", "is 1.01 (expected: 0.0..1.0)");
    for (String bad : List.of("NaN", "-0.1", "1e-3", ".5", "50%", "Infinity", "0x1p3")) {
      refuses(Values.ratio(1), bad, "\"" + bad + "\" is not a decimal number (expected: 0.0..1.0)");
    }
  }

  @Test
  void enumsAreLowerCaseWords() {
    ValueType<Colour> type = Values.oneOf(Colour.class);
    accepts(type, "red", Colour.RED);
    accepts(type, "dark_blue", Colour.DARK_BLUE);
    refuses(type, "RED", "is \"RED\" (expected: red | dark_blue)");
  }

  @Test
  void aPlannedWordIsNotYetSupported() {
    Map<String, Integer> words = new LinkedHashMap<>();
    words.put("one", 1);
    words.put("two", 2);
    ValueType<Integer> type = Values.oneOf(words, Set.of("three"));
    accepts(type, "two", 2);
    refuses(type, "three", "\"three\" is not yet supported (expected: one | two)");
    refuses(type, "four", "is \"four\" (expected: one | two)");
    assertThat(type.fault(3)).isEqualTo("is 3");
  }

  @Test
  void wordsAreOneLine() {
    accepts(Values.word("user name"), "nobody", "nobody");
    refuses(Values.word("user name"), "\"\"", "is empty (expected: user name)");
    refuses(
        Values.word("user name"),
        "\"a\\nb\"",
        "\"a\\u000ab\" holds a control character (expected: user name)");
    accepts(Values.text(), "\"ok\\n\"", "ok\n");
    accepts(Values.text(), "\"\"", "");
  }

  @Test
  void patternsAreMatchedWhole() {
    ValueType<String> type = Values.matching("name", Pattern.compile("[a-z]+"));
    accepts(type, "abc", "abc");
    refuses(type, "abc1", "is \"abc1\" (expected: name)");
  }

  @Test
  void aBadSecretIsNotShown() {
    ValueType<String> type = Values.secret(4, 6);
    accepts(type, "abcd", "abcd");
    accepts(type, "a b\t\ud83d\udd11c", "a b\t\ud83d\udd11c");
    refuses(type, "abc", "has 3 characters (expected: 4 to 6 characters)");
    refuses(type, "a", "has 1 character (expected: 4 to 6 characters)");
    refuses(type, "abcdefg", "has 7 characters (expected: 4 to 6 characters)");
    refuses(type, "\"ab\\ncd\"", "has several lines (expected: 4 to 6 characters)");
    refuses(type, "[abcd]", "is a list (expected: 4 to 6 characters)");
    assertThat(type.fault("abc")).isEqualTo("has 3 characters");
  }

  @Test
  void pathsHoldNoControlCharacters() {
    accepts(Values.path(), "/a/b", Path.of("/a/b"));
    accepts(Values.path(), "relative", Path.of("relative"));
    refuses(Values.path(), "\"a\\0b\"", "\"a\\u0000b\" holds a control character (expected: path)");
    refuses(Values.path(), "''", "is empty (expected: path)");
  }

  @Test
  void listsTellEveryBadElement() {
    ValueType<List<Integer>> type = Values.list(Values.integer(0, 9), 1, 3);
    accepts(type, "[1, 2]", List.of(1, 2));
    refuses(type, "[]", "is empty (expected: [0..9, …])");
    refuses(type, "[1, 2, 3, 4]", "has 4 elements, at most 3 are allowed (expected: [0..9, …])");
    refuses(type, "5", "is not a list (expected: [0..9, …])");
    var problems = new Problems();
    assertThat(read(type, "[10, 2, x]", problems)).isNull();
    assertThat(problems.list().stream().map(Problem::key)).containsExactly("k[0]", "k[2]");
    assertThat(type.fault(List.of(1, 12))).isEqualTo("is 12");
    assertThat(type.fault(List.of())).isEqualTo("is empty");
  }

  @Test
  void mapsKeepTheOrderAndTellEveryBadEntry() {
    ValueType<Map<String, Integer>> type =
        Values.map(Values.matching("name", Pattern.compile("[a-z]+")), Values.integer(0, 9), 2);
    var problems = new Problems();
    Map<String, Integer> read = read(type, "{z: 1, a: 2}", problems);
    assertThat(read).isNotNull();
    assertThat(read.keySet()).containsExactly("z", "a");
    refuses(
        type,
        "{a: 1, b: 2, c: 3}",
        "has 3 entries, at most 2 are allowed (expected: {name: 0..9, …})");
    refuses(type, "[a]", "is not a map (expected: {name: 0..9, …})");
    assertThat(read(type, "{A: 1, b: x}", problems)).isNull();
    assertThat(problems.list().stream().map(Problem::key)).containsExactly("k.A", "k.b");
    assertThat(type.fault(Map.of("A", 1))).isEqualTo("is \"A\"");
    assertThat(type.fault(Map.of("a", 10))).isEqualTo("is 10");
  }

  @Test
  void aShorthandIsAWordOrTheWholeThing() {
    ValueType<List<Integer>> type =
        Values.shorthand(
            Values.integer(0, 9),
            n -> List.of(n),
            l -> l.size() == 1 ? l.getFirst() : null,
            Values.list(Values.integer(0, 9), 2, 3));
    accepts(type, "5", List.of(5));
    accepts(type, "[5, 6]", List.of(5, 6));
    refuses(type, "x", "\"x\" is not a whole number (expected: 0..9 or [0..9, …])");
  }

  @Test
  void addressesOfOneFamilyAreLiterals() throws Exception {
    accepts(Values.ip(Address.Family.IPV4), "10.0.0.1", InetAddress.ofLiteral("10.0.0.1"));
    accepts(Values.ip(Address.Family.IPV6), "'::1'", InetAddress.ofLiteral("::1"));
    refuses(
        Values.ip(Address.Family.IPV4),
        "'::1'",
        "\"::1\" is no IPv4 address (expected: IPv4 address)");
    refuses(
        Values.ip(Address.Family.IPV6),
        "10.0.0.1",
        "\"10.0.0.1\" is no IPv6 address (expected: IPv6 address)");
    refuses(
        Values.ip(Address.Family.IPV4),
        "localhost",
        "\"localhost\" is no IPv4 address (expected: IPv4 address)");
  }

  @Test
  void aPeerNeedsAPortAndAListenerDoesNot() {
    accepts(Values.listenAddress(), "127.0.0.1:0", new Address.Tcp("127.0.0.1", 0));
    refuses(
        Values.peerAddress(),
        "127.0.0.1:0",
        "\"127.0.0.1:0\" has port 0 (expected: " + Address.FORM + ")");
  }

  @Test
  void valuesMadeByCodeAreChecked() {
    assertThat(Values.integer(16, 64).require("frames", 16)).isEqualTo(16);
    assertThatThrownBy(() -> Values.integer(16, 64).require("frames", 12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("frames: is 12 (expected: 16..64)");
  }
}
