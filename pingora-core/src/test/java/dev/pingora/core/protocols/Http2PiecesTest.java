// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// Content in frames that are as small as a hostile client makes them.
class Http2PiecesTest {
  private static ByteBuffer octets(int count, int value) {
    byte[] octets = new byte[count];
    java.util.Arrays.fill(octets, (byte) value);
    return ByteBuffer.wrap(octets);
  }

  /// As a stream's thread takes them: every piece is used before the next is asked for.
  private static int pieces(Http2Pieces content, StringBuilder octets) {
    int pieces = 0;
    for (ByteBuffer piece = content.poll(); piece != null; piece = content.poll()) {
      pieces++;
      while (piece.hasRemaining()) {
        octets.append((char) piece.get());
      }
      content.consumed();
    }
    return pieces;
  }

  @Test
  void windowOfOneOctetFramesIsFewPieces() {
    var content = new Http2Pieces();
    int window = 1 << 20;
    for (int i = 0; i < window; i++) {
      content.add(octets(1, 'a' + i % 26));
    }
    var read = new StringBuilder();
    assertThat(pieces(content, read)).isLessThanOrEqualTo(window / 4096 + 2);
    assertThat(read.length()).isEqualTo(window);
    for (int i = 0; i < window; i++) {
      assertThat(read.charAt(i)).isEqualTo((char) ('a' + i % 26));
    }
  }

  @Test
  void pieceForWhomSomebodyWaitsGoesAtOnce() {
    var content = new Http2Pieces();
    for (int i = 0; i < 3; i++) {
      content.add(octets(1, 'x'));
      assertThat(content.poll()).isEqualTo(octets(1, 'x'));
      assertThat(content.consumed()).isFalse();
    }
    assertThat(content.poll()).isNull();
  }

  @Test
  void pieceTakenButNotUsedYetKeepsWhatWasCollected() {
    var content = new Http2Pieces();
    content.add(octets(1, 'a'));
    content.add(octets(1, 'b'));
    assertThat(content.poll()).isEqualTo(octets(1, 'a'));
    content.add(octets(1, 'b'));
    assertThat(content.poll()).isNull();
    assertThat(content.consumed()).isTrue();
    assertThat(content.poll()).isEqualTo(octets(2, 'b'));
  }

  @Test
  void orderHoldsWhateverTheSizes() {
    var content = new Http2Pieces();
    var sent = new StringBuilder();
    int[] sizes = {1, 5000, 3, 4095, 4096, 2, 2, 16384, 1};
    for (int i = 0; i < sizes.length; i++) {
      content.add(octets(sizes[i], 'a' + i));
      sent.repeat('a' + i, sizes[i]);
    }
    assertThat(content.handOver()).isTrue();
    assertThat(content.handOver()).isFalse();
    var read = new StringBuilder();
    pieces(content, read);
    assertThat(read.toString()).isEqualTo(sent.toString());
  }
}
