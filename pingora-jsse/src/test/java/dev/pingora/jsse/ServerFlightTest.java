// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.tls.NamedGroup;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerFlightTest {
  private static final String RANDOM = "11".repeat(32);
  private static final String RETRY =
      "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
  private static final String VERSION_13 = "002b00020304";
  private static final String KEY_SHARE = "0033" + "0006" + "001d" + "0002" + "aaaa";
  private static final String RETRY_SHARE = "0033" + "0002" + "0018";
  private static final String PSK = "0029" + "0002" + "0000";
  private static final String CHANGE_CIPHER_SPEC = "140303000101";

  private static String hello(String random, String extensions) {
    String body = "0303" + random + "00" + "1301" + "00" + length(extensions, 2) + extensions;
    return message(2, body);
  }

  private static String message(int type, String body) {
    return "%02x".formatted(type) + length(body, 3) + body;
  }

  private static String record(String content) {
    return "160303" + length(content, 2) + content;
  }

  private static String length(String hex, int octets) {
    return ("%0" + 2 * octets + "x").formatted(hex.length() / 2);
  }

  private static ServerFlight seen(String hex, int step) {
    ServerFlight flight = new ServerFlight();
    byte[] octets = HexFormat.of().parseHex(hex);
    for (int at = 0; at < octets.length; at += step) {
      flight.see(octets, at, Math.min(octets.length, at + step));
    }
    return flight;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000})
  void readsTheGroupOfTls13(int step) {
    ServerFlight flight = seen(record(hello(RANDOM, VERSION_13 + KEY_SHARE)), step);

    assertThat(flight.isOver()).isTrue();
    assertThat(flight.group()).isEqualTo(NamedGroup.X25519);
    assertThat(flight.isResumed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000})
  void passesOverARetryAndSeesAResumption(int step) {
    ServerFlight flight =
        seen(
            record(hello(RETRY, VERSION_13 + RETRY_SHARE))
                + CHANGE_CIPHER_SPEC
                + record(hello(RANDOM, PSK + VERSION_13 + KEY_SHARE)),
            step);

    assertThat(flight.isOver()).isTrue();
    assertThat(flight.group()).isEqualTo(NamedGroup.X25519);
    assertThat(flight.isResumed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5000})
  void readsTheGroupOfTls12OverSeveralRecords(int step) {
    String certificate = message(11, "00".repeat(3000));
    String exchange = message(12, "03" + "0017" + "41" + "22".repeat(65));
    ServerFlight flight =
        seen(
            record(hello(RANDOM, "") + certificate.substring(0, 200))
                + record(certificate.substring(200))
                + record(exchange),
            step);

    assertThat(flight.isOver()).isTrue();
    assertThat(flight.group()).isEqualTo(NamedGroup.SECP256R1);
    assertThat(flight.isResumed()).isFalse();
  }

  @Test
  void anEarlierSessionOfTls12HasNoCertificate() {
    ServerFlight flight =
        seen(record(hello(RANDOM, "") + message(4, "00".repeat(50))) + CHANGE_CIPHER_SPEC, 1000);

    assertThat(flight.isOver()).isTrue();
    assertThat(flight.isResumed()).isTrue();
    assertThat(flight.group()).isNull();
  }

  @Test
  void stopsAtWhatIsNotWellFormed() {
    assertThat(seen(record(message(2, "0303")), 1000).isOver()).isTrue();
    assertThat(seen(record(hello(RANDOM, VERSION_13 + "0033ffff")), 1000).isOver()).isTrue();
    assertThat(seen("150303000202" + "28", 1000).isOver()).isTrue();
    assertThat(seen("1603030000", 1000).isOver()).isTrue();
  }

  @Test
  void garbageDoesNotUpsetIt() {
    Random random = new Random(3);
    for (int round = 0; round < 2000; round++) {
      byte[] octets = new byte[200];
      random.nextBytes(octets);
      octets[0] = 22;
      octets[3] = 0;
      octets[5] = (byte) (round % 2 == 0 ? 2 : 12);
      octets[6] = 0;
      octets[7] = 0;
      ServerFlight flight = new ServerFlight();
      flight.see(octets, 0, octets.length);
      assertThat(flight.isResumed() && flight.group() == null && !flight.isOver()).isFalse();
    }
  }
}
