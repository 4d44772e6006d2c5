// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// "Did you mean".
final class NearestTest {

  @Test
  void distancesAreThoseOfTheDefinition() {
    assertThat(Nearest.distance("", "")).isZero();
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.distance("listen", "lisetn")).isEqualTo(1); // a swap costs one
    assertThat(Nearest.distance("ca", "abc")).isEqualTo(3); // no edit within a swap
  }

  @Test
  void theNearestWinsAndTheFirstOfEquals() {
    List<String> keys = List.of("threads", "transport", "listeners", "limits");
    assertThat(Nearest.of("thread", keys)).isEqualTo("threads");
    assertThat(Nearest.of("listner", keys)).isEqualTo("listeners");
    assertThat(Nearest.of("limit", keys)).isEqualTo("limits");
    assertThat(Nearest.of("b", List.of("a", "c"))).isEqualTo("a");
  }

  @Test
  void nothingIsNearToNothingOrToAVeryLongWord() {
    assertThat(Nearest.of("a", List.of())).isNull();
    assertThat(Nearest.of("a".repeat(65), List.of("a"))).isNull();
  }

  @Test
  void distanceIsSymmetricAndBoundedByTheLongerWord() {
    var random = new Random(4711);
    for (int i = 0; i < 2000; i++) {
      String a = word(random);
      String b = word(random);
      int distance = Nearest.distance(a, b);
      assertThat(distance).isEqualTo(Nearest.distance(b, a));
      assertThat(distance)
          .isBetween(Math.abs(a.length() - b.length()), Math.max(a.length(), b.length()));
      assertThat(distance == 0).isEqualTo(a.equals(b));
    }
  }

  private static String word(Random random) {
    var word = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(3)));
    }
    return word.toString();
  }
}
