// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The example of the package's page, so that it compiles and does what it says.
class PackageExampleTest {
  private record Token(String of) {}

  private static Token fetch(String id) {
    return new Token(id);
  }

  private static List<Loaded<Token>> fetchAll(List<String> ids) {
    List<Loaded<Token>> all = new ArrayList<>();
    ids.forEach(id -> all.add(Loaded.of(fetch(id))));
    return all;
  }

  @Test
  void loadsOnce() throws Exception {
    String id = "a";
    ReadThroughCache<String, Token> tokens = ReadThroughCache.of(100_000);
    Answer<Token> answer = tokens.get(id, Duration.ofMinutes(5), key -> Loaded.of(fetch(key)));
    assertThat(answer.status().word()).isEqualTo("miss");
    Answer<Token> again =
        tokens.getStaleWhileUpdate(
            id, Duration.ofMinutes(5), Duration.ofHours(1), key -> Loaded.of(fetch(key)));
    assertThat(again.status().word()).isEqualTo("hit");
    List<String> ids = List.of("a", "b");
    assertThat(tokens.multiGet(ids, Duration.ofMinutes(5), missing -> fetchAll(missing)))
        .extracting(one -> one.status().word())
        .containsExactly("hit", "miss");
    tokens.cache().put(id, new Token("other"), Duration.ofMinutes(5)); // the plain cache below
    assertThat(tokens.cache().get(id).value()).isEqualTo(new Token("other"));
  }
}
