// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.configuration.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Valid files with something changed at random, from fixed seeds: whatever comes, the reader
/// returns a configuration or names problems, each in one line with its place.
class ConfigurationFuzzTest {
  /// What people mistype, and what YAML reads in its own way.
  private static final List<String> SNIPPETS =
      List.of(
          "\n",
          ":",
          ": ",
          "- ",
          "{",
          "}",
          "[",
          "]",
          ",",
          "\"",
          "'",
          "#",
          "&a",
          "*a",
          "<<: *a",
          "!",
          "!!int ",
          "%",
          "@",
          "`",
          "|",
          ">",
          "? ",
          "---\n",
          "...\n",
          "\t",
          "\0",
          "\u0085",
          "\u2028",
          "\ufeff",
          "é",
          "\ud83d\ude00",
          "null",
          "~",
          "true",
          "on",
          "-1",
          "0x10",
          "0660",
          "1e9",
          "9223372036854775808",
          "NaN",
          ".inf",
          "1_000",
          "10ms",
          "64KiB",
          "${A}",
          "${A:-",
          "$${",
          "${",
          "127.0.0.1:80",
          "[::1]:80",
          "unix:",
          "*.a",
          "../",
          "= /");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void mutatedFilesGiveProblemsWithPlacesOnly(long seed) throws Exception {
    mutate(seed, 1_500);
  }

  @Tag("long")
  @Test
  void mutatedFilesGiveProblemsWithPlacesOnlyForLong() throws Exception {
    for (long seed = 100; seed < 200; seed++) {
      mutate(seed, 5_000);
    }
  }

  private static void mutate(long seed, int rounds) throws Exception {
    var random = new SplittableRandom(seed);
    List<String> valid =
        List.of(
            Files.readString(BrokenFilesTest.resource("full.yaml")),
            Files.readString(BrokenFilesTest.resource("planned.yaml")),
            Demo.configuration(
                "127.0.0.1:0", "127.0.0.1:0", "c.pem", "k.pem", "127.0.0.1:1", "127.0.0.1:2"));
    int refused = 0;
    for (int round = 0; round < rounds; round++) {
      var text = new StringBuilder(valid.get(random.nextInt(valid.size())));
      for (int change = random.nextInt(1, 6); change > 0; change--) {
        change(text, random);
      }
      refused += reads(text.toString()) ? 0 : 1;
    }
    // Else the mutations did nothing, or made nothing but noise.
    assertThat(refused).isBetween(rounds / 2, rounds - 1);
  }

  /// {@return whether the text is valid}
  private static boolean reads(String text) {
    try {
      GatewayConf.parse(text, "fuzz.yaml", Map.of("A", "1"));
      return true;
    } catch (ConfigurationException e) {
      assertThat(e.problems()).isNotEmpty();
      e.problems().forEach(problem -> assertReadable(problem, text));
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("reading threw; the text:\n" + text, e);
    }
  }

  private static void assertReadable(Problem problem, String text) {
    String line = problem.toString();
    assertThat(line.codePoints().filter(Character::isISOControl).count())
        .as("one line: %s", line)
        .isZero();
    assertThat(line).as(text).doesNotContain("Exception", "org.snakeyaml", "java.");
    assertThat(line.length()).as(line).isLessThan(2_000);
    boolean whole =
        problem.place() == null || problem.place().line() == 0; // what is missing has no line
    if (whole) {
      assertThat(line).as(text).containsAnyOf("is missing", "more problems", "control character");
    } else {
      assertThat(line).matches("(?s)fuzz\\.yaml:[1-9][0-9]*: .+");
    }
  }

  private static void change(StringBuilder text, SplittableRandom random) {
    int at = random.nextInt(text.length() + 1);
    int end = Math.min(text.length(), at + random.nextInt(12));
    switch (random.nextInt(7)) {
      case 0 -> text.delete(at, end);
      case 1 -> text.insert(at, SNIPPETS.get(random.nextInt(SNIPPETS.size())));
      case 2 -> text.replace(at, end, SNIPPETS.get(random.nextInt(SNIPPETS.size())));
      case 3 -> text.insert(at, text.substring(at, end));
      case 4 -> moveLine(text, random);
      case 5 -> text.insert(at, (char) random.nextInt(0x20, 0x7f));
      default -> text.setLength(Math.max(1, at));
    }
    if (text.isEmpty()) {
      text.append('a');
    }
  }

  /// Takes a line to where another begins: keys land in wrong blocks, twice, or indented wrongly.
  private static void moveLine(StringBuilder text, SplittableRandom random) {
    List<String> lines = text.toString().lines().toList();
    if (lines.isEmpty()) {
      return;
    }
    String line = lines.get(random.nextInt(lines.size())) + "\n";
    int at = text.indexOf("\n", random.nextInt(text.length())) + 1;
    text.insert(at, random.nextBoolean() ? line : "  " + line);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void filesOfRandomBytesGiveProblemsOnly(long seed) throws Exception {
    var random = new SplittableRandom(seed);
    Path file = folder.resolve("bytes.yaml");
    byte[] valid = Files.readAllBytes(BrokenFilesTest.resource("full.yaml"));
    for (int round = 0; round < 300; round++) {
      byte[] bytes = valid.clone();
      for (int change = random.nextInt(1, 10); change > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, bytes);
      CommandLine.Said said = CommandLine.run("-t", "-c", file.toString());
      assertThat(said.err())
          .as(new String(bytes, StandardCharsets.ISO_8859_1))
          .doesNotContain("\tat ");
      assertThat(said.err().lines().toList())
          .allSatisfy(line -> assertThat(line).startsWith(file.toString()));
      assertThat(said.exit()).isEqualTo(said.err().isEmpty() ? 0 : 1);
    }
  }

  @Test
  void deepAndWideTextsEndQuickly() {
    for (String text :
        List.of(
            "[".repeat(100_000),
            "{a: ".repeat(100_000),
            "a: &x [*x, *x]\n".repeat(1_000),
            "a:\n" + " ".repeat(1_000_000) + "b: c",
            "k: v\n".repeat(200_000),
            "\"" + "\\u0041".repeat(100_000),
            "a: ${A:-".repeat(50_000))) {
      assertThat(reads(text)).isFalse();
    }
  }
}
