// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// JSON as text.
final class JsonTextTest {

  @Test
  void treesAreIndentedByTwo() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("b", List.of(1, true, 0.5));
    tree.put("a", Map.of());
    tree.put("c", List.of());
    assertThat(JsonText.of(tree))
        .isEqualTo(
            """
            {
              "b": [
                1,
                true,
                0.5
              ],
              "a": {},
              "c": []
            }
            """);
  }

  @Test
  void mapsWithoutAnOrderArePrintedByKey() {
    Map<String, Object> tree = Map.of("c", 1, "a", 2, "b", 3, "e", 4, "d", 5);
    assertThat(JsonText.of(tree).replaceAll("[^a-e]", "")).isEqualTo("abcde");
  }

  @Test
  void stringsAreEscaped() {
    assertThat(JsonText.of("a\"b\\c\n\u0001é/")).isEqualTo("\"a\\\"b\\\\c\\u000a\\u0001é/\"\n");
  }
}
