// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClimberTest {
  private static final int PERIOD = 30_000;
  private final Climber climber = new Climber(100_000, PERIOD / 3);

  /// Ends a period in which there were so many uses. Returns the limit afterwards.
  private long period(int uses) {
    for (int i = 0; i < uses; i++) {
      climber.used();
    }
    for (int i = 0; i < PERIOD; i++) {
      climber.missed();
    }
    return climber.limit();
  }

  @Test
  void startsAtATenth() {
    assertThat(climber.limit()).isEqualTo(10_001);
    assertThat(period(10_000)).as("one period shows nothing").isEqualTo(10_001);
  }

  @Test
  void goesOnWhileUsesGrow() {
    period(10_000);
    long before = climber.limit();
    for (int uses = 12_000; uses < 24_000; uses += 2_000) {
      long after = period(uses);
      assertThat(after).isGreaterThan(before);
      before = after;
    }
  }

  @Test
  void turnsRoundWhenUsesDwindle() {
    period(10_000);
    long grown = period(12_000);
    long shrunk = period(10_000);
    assertThat(shrunk).isLessThan(grown);
    assertThat(period(12_000)).isLessThan(shrunk);
  }

  @Test
  void returnsToATenthWhenNothingChanges() {
    period(10_000);
    long away = period(15_000);
    assertThat(away).isEqualTo(16_001);
    for (int i = 0; i < 30; i++) {
      // Within four standard deviations: 2.3 %.
      period(15_000 + (i % 2) * 300);
    }
    assertThat(climber.limit()).isBetween(10_000L, 10_010L);
  }

  @Test
  void staysBetweenAHundredthAndFourFifths() {
    int uses = 1_000;
    period(uses);
    for (int i = 0; i < 30; i++) {
      uses = uses * 11 / 10;
      period(uses);
    }
    assertThat(climber.limit()).isEqualTo(80_001);
    period(uses / 2);
    uses = uses / 2;
    for (int i = 0; i < 30; i++) {
      uses = uses * 11 / 10;
      period(uses);
    }
    assertThat(climber.limit()).isEqualTo(1_001);
  }

  @Test
  void copesWithoutAnyUses() {
    for (int i = 0; i < 5; i++) {
      assertThat(period(0)).isEqualTo(10_001);
    }
    period(30_000);
    assertThat(climber.limit()).isEqualTo(16_001);
  }

  @Test
  void worksForTheLeastAndGreatestSizes() {
    Climber none = new Climber(0, 1);
    Climber huge = new Climber(Long.MAX_VALUE / 2, 1 << 28);
    for (int i = 0; i < 1_000; i++) {
      none.missed();
      huge.missed();
    }
    assertThat(none.limit()).isEqualTo(1);
    assertThat(huge.limit()).isPositive();
  }
}
