// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EscapedTest {
  @Test
  void keepsWhatIsHarmless() {
    assertThat(Escaped.text("GET /a?b=\"c\"\\d é €", 100)).isEqualTo("GET /a?b=\"c\"\\d é €");
  }

  @Test
  void escapesEveryControl() {
    StringBuilder controls = new StringBuilder();
    for (char c = 0; c < ' '; c++) {
      controls.append(c);
    }
    for (char c = 0x7F; c < 0xA0; c++) {
      controls.append(c);
    }

    assertThat(Escaped.text(controls, 1000))
        .doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f]")
        .startsWith("\\x00\\x01")
        .contains("\\x08\\t\\n\\x0b\\x0c\\r\\x0e")
        .endsWith("\\x9e\\x9f");
  }

  @Test
  void escapesWhatReordersOrHidesText() {
    assertThat(Escaped.text("a\u202eb\u200bc\u2028d\u2066e\ufefff\u061cg\ud83dh", 100))
        .isEqualTo("a\\u202eb\\u200bc\\u2028d\\u2066e\\ufefff\\u061cg\\ud83dh");
  }

  @Test
  void showsACut() {
    assertThat(Escaped.text("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Escaped.text("abcdef", 5)).isEqualTo("abcde…");
    assertThat(Escaped.text("abcdef", 0)).isEqualTo("…");
  }

  @Test
  void showsOctetsOutsideAsciiAsNumbers() {
    byte[] octets = {'x', 'G', 'E', 'T', ' ', (byte) 0xC3, (byte) 0xA9, 0, '\n', 'y'};

    assertThat(Escaped.bytes(octets, 1, 8, 100)).isEqualTo("GET \\xc3\\xa9\\x00\\n");
    assertThat(Escaped.bytes(octets, 1, 8, 3)).isEqualTo("GET…");
  }
}
