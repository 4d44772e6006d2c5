// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// How problems look, and how many are kept.
final class ProblemTest {

  @Test
  void aProblemIsOneLine() {
    var place = new Place("f.yaml", 3, 5);
    assertThat(new Problem(place, "a.b", "is wrong", "expected: right"))
        .hasToString("f.yaml:3: a.b: is wrong (expected: right)");
    assertThat(new Problem(null, "", "is wrong", "")).hasToString("is wrong");
    assertThat(new Problem(new Place("f.yaml", 0, 0), "", "is wrong", ""))
        .hasToString("f.yaml: is wrong");
  }

  @Test
  void controlCharactersBecomeEscapes() {
    assertThat(new Problem(null, "a\nb", "\u001b[31m\u2028", "\u202e\ud800"))
        .hasToString("a\\u000ab: \\u001b[31m\\u2028 (\\u202e\\ud800)");
  }

  @Test
  void longValuesAreCutBetweenCharacters() {
    assertThat(Quoted.of("x".repeat(60))).isEqualTo('"' + "x".repeat(60) + '"');
    assertThat(Quoted.of("x".repeat(61))).isEqualTo('"' + "x".repeat(60) + "…\"");
    assertThat(Quoted.of("x".repeat(59) + "😀!")).isEqualTo('"' + "x".repeat(59) + "…\"");
  }

  @Test
  void longMessagesAreCut() {
    var problem = new Problem(null, "k".repeat(9999), "w".repeat(9999), "h".repeat(9999));
    assertThat(problem.toString()).hasSizeBetween(1360, 1370);
  }

  @Test
  void problemsComeInTheOrderOfTheFile() {
    var problems = new Problems();
    problems.add(new Place("f", 2, 1), KeyPath.root(), "third");
    problems.add(new Place("f", 1, 9), KeyPath.root(), "second");
    problems.add(new Place("f", 1, 2), KeyPath.root(), "first");
    problems.add(null, KeyPath.root(), "nowhere");
    assertThat(problems.list().stream().map(Problem::what))
        .containsExactly("nowhere", "first", "second", "third");
  }

  @Test
  void onlyTheFirstProblemOfAValueIsKept() {
    var problems = new Problems();
    var place = new Place("f", 1, 1);
    problems.add(place, KeyPath.root().key("a"), "cause");
    problems.add(place, KeyPath.root().key("a"), "consequence");
    problems.add(place, KeyPath.root().key("b"), "another");
    problems.add(null, KeyPath.root(), "nowhere");
    problems.add(null, KeyPath.root(), "nowhere else");
    assertThat(problems.list().stream().map(Problem::what))
        .containsExactly("nowhere", "nowhere else", "cause", "another");
  }

  @Test
  void atMostAHundredAreKeptAndTheRestCounted() {
    var problems = new Problems();
    for (int i = 0; i < 150; i++) {
      problems.add(new Place("f", 1 + i, 1), KeyPath.root(), "p" + i);
    }
    assertThat(problems.count()).isEqualTo(150);
    assertThat(problems.list()).hasSize(101);
    assertThat(problems.list().getLast()).hasToString("50 more problems are not shown");
  }

  @Test
  void theExceptionTellsAllOfThem() {
    var problems = new Problems();
    assertThat(problems.isEmpty()).isTrue();
    problems.add(new Place("f", 1, 1), KeyPath.root(), "a");
    problems.add(new Place("f", 2, 1), KeyPath.root(), "b");
    assertThatThrownBy(problems::throwIfAny)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("f:1: a\nf:2: b");
  }

  @Test
  void aPlaceBeforeTheBeginningIsRefused() {
    assertThatThrownBy(() -> new Place("f", -1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
