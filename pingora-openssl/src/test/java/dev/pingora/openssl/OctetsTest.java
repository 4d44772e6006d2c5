// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OctetsTest {
  private static final int MOST = 30_000;

  private final Chunks chunks = new Chunks(Libraries.SYSTEM.library().transports);
  private final Octets octets = new Octets(chunks);

  @Test
  void comeOutAsTheyWentIn() {
    Random random = new Random(7);
    Queue<Byte> model = new ArrayDeque<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(MOST);
      for (int i = 0; i < 2000; i++) {
        int length = random.nextInt(random.nextInt(10) == 0 ? MOST : 600);
        if (random.nextBoolean() && model.size() < 100_000) {
          byte[] fresh = new byte[length];
          random.nextBytes(fresh);
          MemorySegment.copy(fresh, 0, memory, JAVA_BYTE, 0, length);
          assertThat(octets.add(memory.address(), length)).isTrue();
          for (byte each : fresh) {
            model.add(each);
          }
        } else {
          int taken = octets.take(memory.address(), length);
          assertThat(taken).isEqualTo(Math.min(length, model.size()));
          for (int at = 0; at < taken; at++) {
            assertThat(memory.get(JAVA_BYTE, at)).isEqualTo(model.remove());
          }
        }
        assertThat(octets.size()).isEqualTo(model.size());
      }
    }
    octets.free();
    octets.free();
    assertThat(octets.size()).isZero();
  }

  @Test
  void chunksAreGivenAgainButNeverTwice() {
    Set<Long> out = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      assertThat(out.add(chunks.take(Chunks.CHUNK))).as("given out once").isTrue();
    }
    out.forEach(address -> chunks.give(address, Chunks.CHUNK));
    long again = chunks.take(Chunks.CHUNK);
    assertThat(out).as("kept for the next").contains(again);
    assertThat(chunks.take(Chunks.CHUNK)).isNotEqualTo(again);
  }

  @Test
  void sizesAreSmallOrOfARecordOrAsAsked() {
    assertThat(Chunks.size(1)).isEqualTo(1024);
    assertThat(Chunks.size(1025)).isEqualTo(Chunks.CHUNK);
    assertThat(Chunks.size(Chunks.CHUNK + 1)).isEqualTo(Chunks.CHUNK + 1);
  }
}
