// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class CloseWatchTest {
  private static final String HANDSHAKE = "16030100050100000100";
  private static final String EMPTY = "1403030000";
  private static final String CLOSE = "15030300020100";

  /// Feeds it whole, and in pieces of each size.
  private static boolean isClosed(String hex) {
    byte[] octets = HexFormat.of().parseHex(hex);
    boolean whole = isClosed(octets, octets.length);
    for (int piece = 1; piece < octets.length; piece++) {
      assertThat(isClosed(octets, piece)).as("in pieces of %s", piece).isEqualTo(whole);
    }
    return whole;
  }

  private static boolean isClosed(byte[] octets, int piece) {
    CloseWatch watch = new CloseWatch();
    for (int at = 0; at < octets.length; at += piece) {
      ByteBuffer part = ByteBuffer.wrap(octets, at, Math.min(piece, octets.length - at));
      int before = part.remaining();
      watch.see(part);
      assertThat(part.remaining()).isEqualTo(before);
    }
    return watch.isClosed();
  }

  @Test
  void seesACloseNotifyWhereverItIs() {
    assertThat(isClosed(CLOSE)).isTrue();
    assertThat(isClosed("15030100020200")).isTrue();
    assertThat(isClosed(HANDSHAKE + CLOSE)).isTrue();
    assertThat(isClosed(EMPTY + HANDSHAKE + CLOSE + HANDSHAKE)).isTrue();
  }

  @Test
  void seesNoneInWhatLooksLikeIt() {
    assertThat(isClosed("")).isFalse();
    assertThat(isClosed(HANDSHAKE)).isFalse();
    assertThat(isClosed("150303000201")).isFalse(); // not yet
    assertThat(isClosed("15030300020228")).isFalse(); // handshake_failure
    assertThat(isClosed("1503030003010000")).isFalse(); // three octets
    assertThat(isClosed("17030300020100")).isFalse(); // application data
    assertThat(isClosed("1603030007" + CLOSE)).isFalse(); // within a record
  }
}
