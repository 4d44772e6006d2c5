// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.tls.TlsException;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainAlertTest {
  /// Reads are parted by spaces.
  private static int heard(String reads) {
    PlainAlert alert = new PlainAlert();
    try (Arena arena = Arena.ofConfined()) {
      for (String read : reads.split(" ", -1)) {
        byte[] octets = HexFormat.of().parseHex(read);
        alert.onRead(arena.allocateFrom(JAVA_BYTE, octets).address(), octets.length);
      }
    }
    return alert.number();
  }

  @ParameterizedTest
  @CsvSource({
    "1503030002 0230, 48",
    "1703030013 00112233445566778899aabbccddeeff001122 1503030002 022e, 46",
    "1503030002 0228 1703030002 0000, 40",
  })
  void hearsAFatalAlert(String reads, int number) {
    assertThat(heard(reads)).isEqualTo(number);
  }

  @ParameterizedTest
  @CsvSource({
    "1503030002 0100", // a warning: close_notify
    "1703030002 0230", // content
    "1503030013 0230", // encrypted
    "1503030002 02 30", // in pieces
    "1503030002", // cut off
    "0230",
  })
  void hearsNothingElse(String reads) {
    assertThat(heard(reads)).isEqualTo(TlsException.NO_ALERT);
  }
}
