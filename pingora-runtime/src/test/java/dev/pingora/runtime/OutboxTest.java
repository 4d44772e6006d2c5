// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutboxTest {
  private final BufferBudget budget = new BufferBudget(64 << 20);
  private final BufferPool pool = BufferPool.confined(budget, 64);
  private final FakeWire wire = new FakeWire();

  private static void put(Outbox outbox, String text) {
    outbox.room(text.length()).put(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String sent() {
    return wire.sent.toString(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sendsWhatWasWrittenInItsOrder(boolean shared) throws IOException {
    Outbox outbox = new Outbox(pool, shared);
    put(outbox, "one ");
    put(outbox, "two ");
    assertThat(outbox.push()).isTrue();
    put(outbox, "three");
    assertThat(outbox.push()).isTrue();
    assertThat(outbox.pending()).isEqualTo(13);
    assertThat(outbox.drain(wire)).isTrue();
    assertThat(sent()).isEqualTo("one two three");
    assertThat(outbox.pending()).isZero();
    assertThat(outbox.sent()).isEqualTo(13);
    assertThat(outbox.isDrained()).isTrue();
  }

  @Test
  void sendsTheBufferBeingFilledWhereThreadsShareAnOsThread() throws IOException {
    Outbox outbox = new Outbox(pool, false);
    put(outbox, "abc");
    assertThat(outbox.hasUnsent()).isTrue();
    assertThat(outbox.filling()).isEqualTo(3);
    assertThat(outbox.drain(wire)).isTrue();
    assertThat(sent()).isEqualTo("abc");
    assertThat(outbox.hasUnsent()).isFalse();
  }

  @Test
  void leavesTheBufferBeingFilledAloneWhereThreadsDoNot() throws IOException {
    Outbox outbox = new Outbox(pool, true);
    put(outbox, "abc");
    assertThat(outbox.drain(wire)).isTrue();
    assertThat(wire.sends).hasValue(0);
    put(outbox, "def");
    assertThat(outbox.push()).isTrue();
    assertThat(outbox.drain(wire)).isTrue();
    assertThat(sent()).isEqualTo("abcdef");
    assertThat(wire.sends).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnWhereTheSocketStopped(boolean shared) throws IOException {
    Outbox outbox = new Outbox(pool, shared);
    put(outbox, "hello ");
    outbox.push();
    put(outbox, "world");
    outbox.push();
    wire.window = 8;
    assertThat(outbox.drain(wire)).isFalse();
    assertThat(sent()).isEqualTo("hello wo");
    assertThat(outbox.pending()).isEqualTo(3);
    assertThat(outbox.isDrained()).isFalse();
    wire.window = 0;
    assertThat(outbox.drain(wire)).isFalse();
    wire.window = 100;
    assertThat(outbox.drain(wire)).isTrue();
    assertThat(sent()).isEqualTo("hello world");
  }

  /// A socket that takes nothing while small pieces are flushed: the producer must stop for want of
  /// slots, and must not be told to go on while there are none.
  @Test
  void aProducerWithoutSlotsIsNotWokenForNothing() throws IOException {
    Outbox outbox = new Outbox(pool, true);
    wire.window = 0;
    int pieces = 0;
    while (outbox.hasRoom()) {
      put(outbox, "x");
      outbox.push();
      pieces++;
    }
    assertThat(pieces).isLessThan(Outbox.SLOTS);
    outbox.awaitRoom();
    assertThat(outbox.drain(wire)).isFalse();
    assertThat(outbox.releaseWaiter()).as("woken without room").isFalse();
    wire.window = 1;
    assertThat(outbox.drain(wire)).isFalse();
    assertThat(outbox.releaseWaiter()).as("woken for one slot").isFalse();
    wire.window = 100;
    assertThat(outbox.drain(wire)).isTrue();
    assertThat(outbox.releaseWaiter()).isTrue();
    assertThat(outbox.releaseWaiter()).as("woken twice").isFalse();
    assertThat(outbox.hasRoom()).isTrue();
  }

  @Test
  void whoeverIsWokenHasRoom() throws IOException {
    Outbox outbox = new Outbox(pool, true);
    Random random = new Random(3);
    for (int round = 0; round < 20_000; round++) {
      if (outbox.hasRoom()) {
        outbox.room(1).position(1 + random.nextInt(1000));
        outbox.push();
      } else {
        outbox.awaitRoom();
      }
      wire.window = random.nextInt(700);
      var _ = outbox.drain(wire);
      if (outbox.releaseWaiter()) {
        assertThat(outbox.hasRoom()).isTrue();
      }
      wire.sent.reset();
    }
  }

  @Test
  void bytesAboveHighWaterStopTheProducer() throws IOException {
    Outbox outbox = new Outbox(pool, true);
    wire.window = 0;
    outbox.room(BufferPool.BUFFER_BYTES).position(BufferPool.BUFFER_BYTES);
    outbox.push();
    assertThat(outbox.hasRoom()).isTrue();
    outbox.room(BufferPool.BUFFER_BYTES).position(BufferPool.BUFFER_BYTES);
    outbox.push();
    assertThat(outbox.hasRoom()).isFalse();
    outbox.awaitRoom();
    wire.window = BufferPool.BUFFER_BYTES - 1;
    assertThat(outbox.drain(wire)).isFalse();
    assertThat(outbox.releaseWaiter()).isFalse();
    wire.window = 1;
    assertThat(outbox.drain(wire)).isFalse();
    assertThat(outbox.releaseWaiter()).as("at low water").isTrue();
  }

  @Test
  void aProducerThatAsksBeforeItWritesNeverOverruns() throws IOException {
    Outbox outbox = new Outbox(pool, true);
    Random random = new Random(4);
    wire.window = 0;
    for (int round = 0; round < 2_000; round++) {
      while (outbox.hasRoom()) {
        switch (random.nextInt(3)) {
          case 0 -> outbox.room(1).position(1);
          case 1 -> outbox.push();
          default -> outbox.append(full(random.nextInt(BufferPool.BUFFER_BYTES)));
        }
        if (random.nextInt(4) == 0) {
          outbox.push();
        }
      }
      outbox.push(); // what is left when it stops still finds a slot
      wire.window = random.nextInt(4 * BufferPool.BUFFER_BYTES);
      var _ = outbox.drain(wire);
      wire.window = 0;
      wire.sent.reset();
    }
  }

  private Buffer full(int bytes) {
    Buffer buffer = pool.takeAlways();
    buffer.bytes.position(0).limit(1 + bytes);
    return buffer;
  }

  @Test
  void aProducerThatDoesNotAskIsStoppedByName() {
    Outbox outbox = new Outbox(pool, true);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i <= Outbox.SLOTS; i++) {
                put(outbox, "x");
                outbox.push();
              }
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("outbox overrun");
    assertThatThrownBy(() -> outbox.room(BufferPool.BUFFER_BYTES + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: at most 65536");
  }

  @Test
  void keepsNoMemoryAtRest() throws IOException {
    Outbox outbox = new Outbox(pool, false);
    put(outbox, "abc");
    outbox.push();
    assertThat(outbox.drain(wire)).isTrue();
    var _ = outbox.room(10); // taken, and nothing written
    outbox.trim();
    assertThat(freeBuffers()).isEqualTo(budget.reserved() / BufferPool.BUFFER_BYTES);
    put(outbox, "def");
    outbox.push();
    assertThat(outbox.drain(wire)).isTrue();
    assertThat(sent()).isEqualTo("abcdef");
  }

  @Test
  void restKeepsWhatIsStillToBeSent() throws IOException {
    Outbox outbox = new Outbox(pool, false);
    put(outbox, "abc");
    outbox.push();
    outbox.trim();
    assertThat(outbox.drain(wire)).isTrue();
    assertThat(sent()).isEqualTo("abc");
  }

  @Test
  void whatIsDroppedGoesBackToThePool() throws IOException {
    Outbox outbox = new Outbox(pool, false);
    wire.window = 1;
    for (int i = 0; i < 5; i++) {
      put(outbox, "abc");
      outbox.push();
    }
    put(outbox, "tail");
    assertThat(outbox.drain(wire)).isFalse();
    long taken = outbox.taken();
    outbox.dropQueued();
    assertThat(outbox.taken()).as("what is dropped was not taken").isEqualTo(taken);
    outbox.dropTail();
    assertThat(outbox.isDrained()).isTrue();
    assertThat(outbox.pending()).isZero();
    assertThat(freeBuffers()).isEqualTo(budget.reserved() / BufferPool.BUFFER_BYTES);
  }

  private long freeBuffers() {
    long free = 0;
    while (pool.pop() != null) {
      free++;
    }
    return free;
  }
}
