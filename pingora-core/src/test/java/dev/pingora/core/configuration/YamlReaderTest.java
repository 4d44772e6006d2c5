// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.CpuTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is read, where it stands, and what is refused.
final class YamlReaderTest {
  private final Problems problems = new Problems();

  private ConfigNode.Mapping parse(String text) {
    return YamlReader.parse(text, "f.yaml", Map.of(), problems);
  }

  private List<String> told() {
    return problems.list().stream().map(Problem::toString).toList();
  }

  @Test
  void everyValueKnowsItsLineAndColumn() {
    ConfigNode.Mapping top = parse("a: 1\nb:\n  - x\n  - {c: y}\n");
    assertThat(told()).isEmpty();
    KeyPath second = KeyPath.root().key("b").index(1).key("c");
    assertThat(second.placeIn(top)).isEqualTo(new Place("f.yaml", 4, 9));
    assertThat(second).hasToString("b[1].c");
    assertThat(top.entries().values().stream().map(ConfigNode.Entry::keyPlace))
        .containsExactly(new Place("f.yaml", 1, 1), new Place("f.yaml", 2, 1));
  }

  @Test
  void aPathThatEndsNowhereHasThePlaceOfWhatIsNearest() {
    ConfigNode.Mapping top = parse("a:\n  b: 1\n");
    assertThat(KeyPath.root().key("a").key("c").placeIn(top).line()).isEqualTo(2);
    assertThat(KeyPath.root().key("z").placeIn(top).line()).isEqualTo(1);
    assertThat(KeyPath.root().key("a").index(0).placeIn(top).line()).isEqualTo(2);
  }

  @Test
  void anEmptyTextIsAnEmptyMap() {
    for (String text : List.of("", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "null\n")) {
      assertThat(parse(text).entries()).as(text).isEmpty();
    }
    assertThat(told()).isEmpty();
  }

  @Test
  void aByteOrderMarkIsSkipped() {
    assertThat(parse("\uFEFFa: 1\n").entries()).containsOnlyKeys("a");
    assertThat(told()).isEmpty();
  }

  @Test
  void aListOrAWordAtTheTopIsRefused() {
    parse("- a\n");
    parse("\nword\n");
    assertThat(told())
        .containsExactly(
            "f.yaml:1: is not a map (expected: lines of key: value)",
            "f.yaml:2: is not a map (expected: lines of key: value)");
  }

  @Test
  void nullIsOnlyWhatHasNoQuotes() {
    ConfigNode.Mapping top = parse("a:\nb: ~\nc: null\nd: \"null\"\ne: ''\nf: nul\n");
    assertThat(top.entries().values().stream().map(e -> ((ConfigNode.Scalar) e.value()).isNull()))
        .containsExactly(true, true, true, false, false, false);
  }

  @Test
  void aKeyGivenTwiceIsToldWithBothLines() {
    ConfigNode.Mapping top = parse("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n");
    assertThat(told())
        .containsExactly(
            "f.yaml:5: b.c: is given twice, first in line 3 (expected: every key once)");
    assertThat(top.get("b")).isInstanceOf(ConfigNode.Mapping.class);
  }

  @Test
  void aTabThatIndentsIsNamed() {
    parse("a:\n\tb: 1\n");
    assertThat(told())
        .containsExactly("f.yaml:2: is not YAML: a tab begins it (expected: spaces, not tabs)");
  }

  @Test
  void aSyntaxErrorIsToldWithItsLine() {
    parse("a: 1\nb: [1, 2\nc: 3\n");
    assertThat(told()).hasSize(1);
    assertThat(told().getFirst()).startsWith("f.yaml:3: is not YAML: ");
  }

  @Test
  void aVariableWithoutQuotesInAFlowMapIsExplained() {
    parse("a: 1\nb: { c: ${X} }\n");
    assertThat(told()).hasSize(1);
    assertThat(told().getFirst())
        .startsWith("f.yaml:2: is not YAML: ")
        .endsWith("(expected: quotes around ${NAME} inside { } and [ ])");
  }

  @Test
  void aSecondDocumentIsRefused() {
    parse("a: 1\n---\nb: 2\n");
    assertThat(told())
        .containsExactly("f.yaml:2: a second document begins (expected: one document)");
  }

  @Test
  void tagsAreRefused() {
    parse("a: !!int 1\nb: !x [1]\nc: !!map {}\n!!str d: 1\n");
    assertThat(told())
        .containsExactly(
            "f.yaml:1: a: has the YAML tag \"tag:yaml.org,2002:int\" (expected: none)",
            "f.yaml:2: b: has the YAML tag \"!x\" (expected: none)",
            "f.yaml:3: c: has the YAML tag \"tag:yaml.org,2002:map\" (expected: none)",
            "f.yaml:4: has the YAML tag \"tag:yaml.org,2002:str\" (expected: none)");
  }

  @Test
  void aKeyThatIsNoWordIsRefused() {
    parse("a: 1\n? [b, c]\n: 2\n");
    assertThat(told()).containsExactly("f.yaml:2: a key is not a word (expected: key: value)");
  }

  @Test
  void anAliasStandsForItsAnchor() {
    ConfigNode.Mapping top = parse("a: &x [1, 2]\nb: *x\n");
    assertThat(told()).isEmpty();
    assertThat(top.get("b")).isEqualTo(top.get("a"));
  }

  @Test
  void anAliasOfNothingOrOfItselfIsTold() {
    parse("a: *nowhere\nb: &self [*self]\n");
    assertThat(told())
        .containsExactly(
            "f.yaml:1: a: alias \"*nowhere\" stands for nothing above (expected: the name of an"
                + " &anchor)",
            "f.yaml:2: b[0]: alias \"*self\" stands for nothing above (expected: the name of an"
                + " &anchor)");
  }

  @Test
  void aBillionLaughsAreStopped() {
    var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String before = "*a" + (i - 1);
      text.append(
          "a%d: &a%d [%s]\n"
              .formatted(
                  i,
                  i,
                  String.join(
                      ", ",
                      List.of(
                          before, before, before, before, before, before, before, before, before,
                          before))));
    }
    parse(text.toString());
    assertThat(told())
        .containsExactly("f.yaml:6: holds too many values (expected: at most 1000000)");
  }

  @Test
  void nestingHasABound() {
    int most = NodeComposer.MAX_DEPTH - 1; // the map at the top is a level
    parse("a: " + "[".repeat(most) + "]".repeat(most));
    assertThat(told()).isEmpty();
    parse("a: " + "[".repeat(most + 2) + "]".repeat(most + 2));
    assertThat(told()).containsExactly("f.yaml:1: nests too deep (expected: at most 64 levels)");
  }

  @Test
  void aFileOfOpenBracketsIsRefusedAtOnce() {
    Duration spent =
        CpuTime.of(() -> {
          parse("[".repeat(1 << 20));
          parse("- ".repeat(1 << 20));
          parse("{a: ".repeat(1 << 18));
        });
    assertThat(told()).hasSize(3).allMatch(line -> line.contains("nests too deep"));
    assertThat(spent).isLessThan(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%YAML 99999999999.1\n---\na: 1\n",
        "%YAML 1\n---\n",
        "%TAG ! \n---\n",
        "%FOO\n",
        "a: \"\\U00110000\"",
        "a: \"\\uD800\"",
        "a: \"\\x\"",
        "a: \"\\q\"",
        "a: !<%ff> b",
        "a: !<!> b",
        "a: &x &y b",
        "a: &",
        "a: *",
        "&a : *a",
        "a: |9999999999\n b",
        "a: |0\n b",
        "? ? ? a",
        ": : :",
        "[a, b]: c",
        "{a, b: [c, {d}]}",
        "a: 'b",
        "a: b: c",
        "a\n  b: c",
        "a: }",
        "a: @b",
        "a: `b",
        "- a\nb: c",
        "a: 1\r\nb: 2\rc: 3",
        "\u0085a: 1",
        "a: \uFEFF",
        "..."
      })
  void oddSyntaxIsAValueOrAProblemAndNothingElse(String text) {
    parse(text);
    assertThat(told()).allMatch(line -> line.startsWith("f.yaml"));
  }

  @Test
  void aTooLargeFileIsRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("large.yaml");
    byte[] bytes = new byte[YamlReader.MAX_BYTES + 1];
    java.util.Arrays.fill(bytes, (byte) '#');
    Files.write(file, bytes);
    YamlReader.read(file, Map.of(), problems);
    assertThat(told()).containsExactly(file + ": is too large (expected: at most 16 MiB)");
  }

  /// The engine's scanner was quadratic on some of these.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "#%s",
        "a: %s",
        "a: '%s'",
        "a: \"%s\"",
        "a: |\n %s",
        "a: >\n %s",
        "%s: a",
        "? %s",
        "a: *%s"
      })
  void aLargeValueIsReadInLinearTime(String form) {
    String text = form.formatted("x".repeat(4 << 20));
    assertThat(CpuTime.of(() -> parse(text))).isLessThan(Duration.ofSeconds(5));
    assertThat(told()).noneMatch(line -> line.length() > 300);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"# x\n", "\n", "- x\n", "a%d: x\n", "a%d: [x, x]\n", "a: 1\n", "'x\n", "x\n"})
  void manyShortLinesAreReadInLinearTime(String line) {
    var text = new StringBuilder();
    for (int i = 0; text.length() < (1 << 20); i++) {
      text.append(line.replace("%d", Integer.toString(i)));
    }
    assertThat(CpuTime.of(() -> parse(text.toString()))).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void whatIsNotUtf8IsToldWithItsLine() {
    byte[] bytes = "a: 1\nb: \u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    YamlReader.parse(bytes, "f.yaml", Map.of(), problems);
    assertThat(told()).containsExactly("f.yaml:2: is not UTF-8 (expected: UTF-8)");
  }

  @Test
  void aCutCharacterAtTheEndIsNotUtf8() {
    YamlReader.parse(new byte[] {'a', ':', ' ', (byte) 0xc3}, "f.yaml", Map.of(), problems);
    assertThat(told()).containsExactly("f.yaml:1: is not UTF-8 (expected: UTF-8)");
  }

  @Test
  void aControlCharacterIsToldWithItsLine() {
    parse("a: 1\nb: \u0001\n");
    parse("a: \u0000\n");
    assertThat(told())
        .containsExactly(
            "f.yaml:1: holds the character U+0000 (expected: printable text)",
            "f.yaml:2: holds the character U+0001 (expected: printable text)");
  }

  @Test
  void aFileThatCannotBeReadIsOneClearLine(@TempDir Path folder) {
    YamlReader.read(folder.resolve("none.yaml"), Map.of(), problems);
    YamlReader.read(folder, Map.of(), problems);
    assertThat(told())
        .containsExactly(
            folder.resolve("none.yaml") + ": cannot be read: no such file",
            folder + ": cannot be read: it is a directory");
  }
}
