// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class InboxTest {
  private final BufferBudget budget = new BufferBudget(4 * BufferPool.BUFFER_BYTES);
  private final BufferPool pool = BufferPool.confined(budget, 2);
  private final FakeWire wire = new FakeWire();
  private final Inbox inbox = new Inbox(pool, true);

  private void arrives(String text) {
    wire.incoming.add(text.getBytes(StandardCharsets.ISO_8859_1));
    inbox.markReadable();
  }

  private String taken() {
    ByteBuffer unread = inbox.unread();
    byte[] bytes = new byte[unread.remaining()];
    unread.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void readsNothingThatNobodyAskedFor() {
    arrives("abc");
    assertThat(inbox.deliver(wire, false)).isFalse();
    assertThat(wire.receives).hasValue(0);
    assertThat(budget.reserved()).isZero();
  }

  @Test
  void tellsTheLoopOnlyWhenTheSocketMayHaveSomething() {
    assertThat(inbox.ask()).isFalse();
    arrives("abc");
    assertThat(inbox.deliver(wire, false)).isTrue();
    assertThat(inbox.take()).isTrue();
    assertThat(taken()).isEqualTo("abc");
    arrives("def");
    assertThat(inbox.take()).isFalse();
    assertThat(inbox.ask()).isTrue();
    assertThat(inbox.ask()).as("asked already").isFalse();
    assertThat(inbox.deliver(wire, false)).isTrue();
    assertThat(inbox.take()).isTrue();
    assertThat(taken()).isEqualTo("def");
    assertThat(inbox.received()).isEqualTo(6);
  }

  @Test
  void aShortReadMeansThatNothingFollows() {
    inbox.ask();
    arrives("abc");
    inbox.deliver(wire, false);
    inbox.take();
    taken();
    inbox.take();
    assertThat(inbox.ask()).isFalse();
    assertThat(wire.receives).hasValue(1);
  }

  @Test
  void aFullReadMeansThatMoreMayFollow() {
    wire.incoming.add(new byte[BufferPool.BUFFER_BYTES]);
    inbox.markReadable();
    inbox.ask();
    inbox.deliver(wire, false);
    inbox.take();
    taken();
    inbox.take();
    assertThat(inbox.ask()).isTrue();
    assertThat(inbox.deliver(wire, false)).as("but did not").isFalse();
    assertThat(inbox.starved()).isFalse();
  }

  @Test
  void anAnnouncedEndIsReadEvenAfterAShortRead() {
    arrives("abc");
    wire.ended = true;
    inbox.ask();
    assertThat(inbox.deliver(wire, true)).isTrue();
    assertThat(inbox.take()).isTrue();
    assertThat(inbox.isOver()).isFalse();
    taken();
    assertThat(inbox.take()).isFalse();
    assertThat(inbox.isOver()).isFalse();
    assertThat(inbox.ask()).isTrue();
    assertThat(inbox.deliver(wire, true)).isTrue();
    assertThat(inbox.take()).isFalse();
    assertThat(inbox.isOver()).isTrue();
    assertThat(inbox.failure()).isNull();
  }

  @Test
  void aFailureIsTheEnd() {
    wire.receiveFailure = new IOException("reset");
    inbox.markReadable();
    inbox.ask();
    assertThat(inbox.deliver(wire, false)).isTrue();
    assertThat(inbox.take()).isFalse();
    assertThat(inbox.isOver()).isTrue();
    assertThat(inbox.failure()).hasMessage("reset");
    assertThat(inbox.ask()).isFalse();
  }

  /// What had arrived when the connection closed is read first, and then the reason is not lost.
  @Test
  void aCloseComesAfterWhatHasArrived() {
    arrives("abc");
    inbox.ask();
    inbox.deliver(wire, false);
    inbox.fail(new IOException("gone"));
    assertThat(inbox.isOver()).isFalse();
    assertThat(inbox.take()).isTrue();
    assertThat(taken()).isEqualTo("abc");
    assertThat(inbox.take()).isFalse();
    assertThat(inbox.isOver()).isTrue();
    assertThat(inbox.failure()).hasMessage("gone");
  }

  @Test
  void aCloseIsSeenBeforeAnythingWasAsked() {
    inbox.fail(new IOException("gone"));
    assertThat(inbox.isOver()).isTrue();
    assertThat(inbox.failure()).hasMessage("gone");
  }

  @Test
  void anOrderlyEndStaysOneWhenTheConnectionCloses() {
    wire.ended = true;
    inbox.markReadable();
    inbox.ask();
    inbox.deliver(wire, true);
    inbox.fail(new IOException("gone"));
    assertThat(inbox.isOver()).isTrue();
    assertThat(inbox.failure()).isNull();
  }

  @Test
  void restsWhenNothingIsThere() {
    assertThat(inbox.rest()).isTrue();
    assertThat(inbox.wake()).isTrue();
    assertThat(inbox.wake()).as("woken twice").isFalse();
    inbox.ask();
    assertThat(inbox.rest()).as("after asking in vain").isTrue();
  }

  @Test
  void restsNotOverWhatHasArrived() {
    arrives("abc");
    inbox.ask();
    inbox.deliver(wire, false);
    assertThat(inbox.rest()).as("arrived").isFalse();
    assertThat(taken()).isEqualTo("abc");
    assertThat(inbox.rest()).isTrue();
  }

  @Test
  void restsNotOverAnEnd() {
    wire.ended = true;
    inbox.markReadable();
    inbox.ask();
    inbox.deliver(wire, true);
    assertThat(inbox.rest()).isFalse();
    assertThat(inbox.isOver()).isTrue();
  }

  /// Whether the socket has something is not known before the loop has looked.
  @Test
  void whatMayBeThereStirsAConnectionAtRest() {
    arrives("abc");
    assertThat(inbox.rest()).isTrue();
    assertThat(inbox.isReadable()).isTrue();
    assertThat(inbox.stir(wire, false)).isTrue();
    assertThat(inbox.wake()).as("no longer at rest").isFalse();
    assertThat(inbox.take()).isTrue();
    assertThat(taken()).isEqualTo("abc");
  }

  @Test
  void whatIsNotThereLeavesItAtRest() {
    inbox.markReadable();
    assertThat(inbox.rest()).isTrue();
    assertThat(inbox.stir(wire, false)).isFalse();
    assertThat(inbox.isReadable()).isFalse();
    assertThat(inbox.wake()).as("still at rest").isTrue();
    assertThat(inbox.stir(wire, false)).as("not at rest").isFalse();
  }

  @Test
  void aConnectionAtRestGivesItsBufferBack() {
    arrives("abc");
    inbox.ask();
    inbox.deliver(wire, false);
    inbox.take();
    taken();
    assertThat(inbox.rest()).isTrue();
    assertThat(pool.pop()).isNotNull();
  }

  @Test
  void aSpentBudgetStarvesAndTakesNothingFromTheSocket() {
    Buffer held = pool.takeAlways();
    while (pool.take() != null) {
      // until the budget is spent
    }
    arrives("abc");
    inbox.ask();
    assertThat(inbox.deliver(wire, false)).isFalse();
    assertThat(inbox.starved()).isTrue();
    assertThat(wire.receives).hasValue(0);
    pool.release(held);
    assertThat(inbox.deliver(wire, false)).isTrue();
    assertThat(inbox.starved()).isFalse();
    assertThat(inbox.take()).isTrue();
    assertThat(taken()).isEqualTo("abc");
  }

  /// The event loop tries again and again meanwhile.
  @Test
  void tellsOfStarvingOnceEachTime() {
    Buffer held = pool.takeAlways();
    while (pool.take() != null) {
      // until the budget is spent
    }
    for (int time = 0; time < 2; time++) {
      arrives("abc");
      inbox.ask();
      assertThat(inbox.deliver(wire, false)).isFalse();
      assertThat(inbox.tellsOfStarving()).isTrue();
      assertThat(inbox.tellsOfStarving()).isFalse();
      pool.release(held);
      assertThat(inbox.deliver(wire, false)).isTrue();
      assertThat(inbox.take()).isTrue();
      assertThat(taken()).isEqualTo("abc");
      assertThat(inbox.take()).as("its buffer is given back").isFalse();
      held = requireNonNull(pool.take());
    }
  }

  @Test
  void whatIsGivenAwayIsNoLongerTheInboxs() {
    arrives("abc");
    inbox.ask();
    inbox.deliver(wire, false);
    inbox.take();
    Buffer whole = inbox.detach();
    assertThat(whole).isNotNull();
    assertThat(whole.bytes.remaining()).isEqualTo(3);
    inbox.releaseAll();
    assertThat(pool.pop()).isNull();
    assertThat(inbox.unread().hasRemaining()).isFalse();
    assertThat(inbox.ask()).isFalse();
  }

  @Test
  void releasesWhatWasNotTaken() {
    arrives("abc");
    inbox.ask();
    inbox.deliver(wire, false);
    inbox.releaseAll();
    assertThat(pool.pop()).isNotNull();
    assertThat(pool.pop()).isNull();
  }
}
