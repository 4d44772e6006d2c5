// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SerdeOptionsTest {
  private static final HeaderDictionary STANDARD = HeaderDictionary.standard();

  @Test
  void refusesWhatMakesNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SerdeOptions.PLAIN.withLevel(0))
        .withMessage("level: 0 (expected: 1..19)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SerdeOptions.PLAIN.withLimits(63, 1))
        .withMessage("maxHeadBytes: 63 (expected: 64..4194304)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SerdeOptions.PLAIN.withLimits(64, 0))
        .withMessage("maxFields: 0 (expected: 1..65536)");
  }

  @Test
  void refusesTwoDictionariesOfOneNumber() {
    byte[] content = STANDARD.toBytes();
    content[content.length - 1] ^= 1;
    HeaderDictionary twin = HeaderDictionary.of(content);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> SerdeOptions.PLAIN.withDictionary(STANDARD, List.of(twin)))
        .withMessageContaining("(expected: another number)");
  }

  @Test
  void takesTheDictionaryThatWritesAsOneThatReads() {
    SerdeOptions options = SerdeOptions.PLAIN.withDictionary(STANDARD, List.of(STANDARD));

    try (HeaderSerde serde = HeaderSerde.open(options)) {
      assertThat(serde).isNotNull();
    }
  }

  @Test
  void keepsTheRestWhenOneIsChanged() {
    SerdeOptions options =
        SerdeOptions.standard()
            .withLevel(5)
            .withLimits(1000, 10)
            .withDictionary(STANDARD, List.of());

    assertThat(options).isEqualTo(new SerdeOptions(STANDARD, List.of(), 5, 1000, 10));
  }
}
