// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ItemTest {

  @Test
  void keepsWeightPlaceAndUsesApart() {
    for (int weight : new int[] {1, 2, 12_345, Item.MAX_WEIGHT}) {
      for (int place : new int[] {Item.SMALL, Item.MAIN, Item.GONE}) {
        for (int uses = 0; uses <= Item.MAX_USES; uses++) {
          int state = Item.pack(weight, place, uses);
          assertThat(Item.weightOf(state)).isEqualTo(weight);
          assertThat(Item.placeOf(state)).isEqualTo(place);
          assertThat(Item.usesOf(state)).isEqualTo(uses);
        }
      }
    }
  }

  @Test
  void countsThreeUses() {
    Item<String, String> item = new Item<>("k", "v", Item.MAX_WEIGHT);
    for (int i = 1; i <= 10; i++) {
      item.use();
      assertThat(item.uses()).isEqualTo(Math.min(i, 3));
    }
    assertThat(item.weight()).isEqualTo(Item.MAX_WEIGHT);
    for (int i = 2; i >= -2; i--) {
      item.unuse();
      assertThat(item.uses()).isEqualTo(Math.max(i, 0));
    }
  }

  @Test
  void movesToMainWithoutUses() {
    Item<String, String> item = new Item<>("k", "v", 5);
    item.use();
    assertThat(item.toMain()).isEqualTo(Item.pack(5, Item.SMALL, 1));
    assertThat(item.uses()).isZero();
    assertThat(item.reweigh(9)).isEqualTo(Item.pack(5, Item.MAIN, 0));
    assertThat(item.leave()).isEqualTo(Item.pack(9, Item.MAIN, 1));
  }

  @Test
  void letsGoOfTheValueWhenItLeaves() {
    Item<String, String> item = new Item<>("k", "v", 5);
    assertThat(item.isGone()).isFalse();
    item.leave();
    assertThat(item.isGone()).isTrue();
    assertThat(item.value).isNull();
    assertThat(item.weight()).isZero();
    item.toMain();
    assertThat(item.isGone()).as("gone for good").isTrue();
  }

  @Test
  void countsUsesOfRacingReadersUpToThree() throws Exception {
    for (int round = 0; round < 200; round++) {
      Item<String, String> item = new Item<>("k", "v", 5);
      Race.run(
          3,
          thread -> {
            for (int i = 0; i < 50; i++) {
              item.use();
            }
          });
      assertThat(item.uses()).isEqualTo(3);
      assertThat(item.weight()).isEqualTo(5);
    }
  }
}
