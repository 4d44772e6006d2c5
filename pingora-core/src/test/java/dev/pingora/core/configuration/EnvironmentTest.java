// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// `${NAME}` and `${NAME:-default}`.
final class EnvironmentTest {
  private static final Place PLACE = new Place("f.yaml", 7, 1);
  private final Problems problems = new Problems();

  private String fill(String text) {
    Map<String, String> variables =
        Map.of("NAME", "value", "EMPTY", "", "N2", "2", "NESTED", "${NAME}", "_X", "x");
    return new Environment(variables, problems).fill(text, PLACE, KeyPath.root().key("k"));
  }

  private List<String> told() {
    return problems.list().stream().map(Problem::toString).toList();
  }

  @Test
  void variablesAreFilledInAnywhere() {
    assertThat(fill("${NAME}")).isEqualTo("value");
    assertThat(fill("a${NAME}b${N2}${_X}")).isEqualTo("avalueb2x");
    assertThat(fill("${EMPTY}")).isEmpty();
    assertThat(told()).isEmpty();
  }

  @Test
  void aDefaultStandsInForWhatIsMissingOrEmpty() {
    assertThat(fill("${NAME:-d}")).isEqualTo("value");
    assertThat(fill("${MISSING:-d:-e $}")).isEqualTo("d:-e $");
    assertThat(fill("${EMPTY:-d}")).isEqualTo("d");
    assertThat(fill("${MISSING:-}")).isEmpty();
    assertThat(told()).isEmpty();
  }

  @Test
  void aMissingVariableIsTold() {
    fill("x${MISSING}");
    assertThat(told())
        .containsExactly(
            "f.yaml:7: k: environment variable MISSING is not set"
                + " (expected: ${NAME} or ${NAME:-default}; $${ for ${ itself)");
  }

  @Test
  void whatWasFilledInIsNotLookedAtAgain() {
    assertThat(fill("${NESTED}")).isEqualTo("${NAME}");
  }

  @Test
  void aDoubledDollarIsLiteral() {
    assertThat(fill("$${NAME}")).isEqualTo("${NAME}");
    assertThat(fill("$${NAME}${NAME}$${")).isEqualTo("${NAME}value${");
    assertThat(fill("$$ $ $NAME")).isEqualTo("$$ $ $NAME");
    assertThat(told()).isEmpty();
  }

  @Test
  void lowerCaseBelongsToTemplates() {
    assertThat(fill("https://${host}${target}")).isEqualTo("https://${host}${target}");
    assertThat(told()).isEmpty();
  }

  @Test
  void whatIsNoNameIsTold() {
    for (String bad : List.of("${}", "${Name}", "${1A}", "${A B}", "${-}", "${A-B}", "${NAME")) {
      var told = new Problems();
      String filled = new Environment(Map.of("NAME", "v"), told).fill(bad, PLACE, KeyPath.root());
      assertThat(filled).isEqualTo(bad);
      assertThat(told.list().getFirst().toString())
          .startsWith(
              "f.yaml:7: "
                  + (bad.equals("${NAME")
                      ? "${ has no closing }"
                      : '"' + bad + "\" names no variable"));
    }
  }

  @Test
  void whatIsFilledInHasABound() {
    var environment = new Environment(Map.of("A", "x".repeat(1 << 20)), problems);
    String filled = environment.fill("${A}".repeat(40), PLACE, KeyPath.root());
    assertThat(filled).isEqualTo("${A}".repeat(40));
    assertThat(environment.fill("${A}", PLACE, KeyPath.root())).isEmpty();
    assertThat(told()).containsExactly("f.yaml:7: environment variables fill in more than 16 MiB");
  }

  @Test
  void valuesInAFileAreFilledInAndKeysAreNot() {
    ConfigNode.Mapping top =
        YamlReader.parse("${NAME}: '${NAME}'\n", "f.yaml", Map.of("NAME", "v"), problems);
    assertThat(told()).isEmpty();
    assertThat(top.entries()).containsOnlyKeys("${NAME}");
    assertThat(top.get("${NAME}"))
        .isEqualTo(new ConfigNode.Scalar(new Place("f.yaml", 1, 10), "v", false));
  }
}
