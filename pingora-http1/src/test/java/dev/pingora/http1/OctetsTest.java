// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class OctetsTest {
  @Test
  void classifiesEveryOctetAsTheGrammarsDo() {
    for (int c = 0; c < 256; c++) {
      byte octet = (byte) c;
      String text = String.valueOf((char) c);
      assertThat(Octets.isTchar(octet))
          .as("tchar %s", c)
          .isEqualTo(text.matches("[-!#$%&'*+.^_`|~0-9A-Za-z]"));
      assertThat(Octets.isTarget(octet))
          .as("target %s", c)
          .isEqualTo(text.matches("[\\x21-\\x7E\\x80-\\xFF&&[^#]]"));
      assertThat(Octets.isRegName(octet))
          .as("reg-name %s", c)
          .isEqualTo(text.matches("[-A-Za-z0-9._~!$&'()*+,;=%]"));
      assertThat(Octets.isQdtext(octet))
          .as("qdtext %s", c)
          .isEqualTo(text.matches("[\\t \\x21\\x23-\\x5B\\x5D-\\x7E\\x80-\\xFF]"));
      assertThat(Octets.isControl(octet)).as("control %s", c).isEqualTo(c < 32 || c == 127);
      assertThat(Octets.isDigit(octet)).as("digit %s", c).isEqualTo(text.matches("[0-9]"));
      assertThat(Octets.isBlank(octet)).as("blank %s", c).isEqualTo(text.matches("[ \\t]"));
      assertThat(Octets.hexDigit(octet))
          .as("hex digit %s", c)
          .isEqualTo(text.matches("[0-9A-Fa-f]") ? Character.digit(c, 16) : -1);
    }
  }

  @Test
  void findsTheFirstControlOfAWord() {
    Random random = new Random(20260104);
    for (int round = 0; round < 200_000; round++) {
      byte[] octets = new byte[8];
      random.nextBytes(octets);
      int first = 8;
      for (int i = 7; i >= 0; i--) {
        // Half of all words without a control, so that both outcomes are met at every place.
        octets[i] = random.nextInt(12) > 0 && Octets.isControl(octets[i]) ? (byte) 'a' : octets[i];
        first = Octets.isControl(octets[i]) ? i : first;
      }
      long hit = Octets.controls(Octets.word(octets, 0));
      assertThat(hit == 0 ? 8 : Long.numberOfTrailingZeros(hit) >>> 3).isEqualTo(first);
    }
  }
}
