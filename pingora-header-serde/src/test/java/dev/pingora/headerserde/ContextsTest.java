// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static dev.pingora.headerserde.HeadAssert.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class ContextsTest {
  @Test
  void lendsTheWarmestAgain() {
    try (Contexts contexts = new Contexts(SerdeOptions.standard())) {
      Context first = contexts.borrow();
      Context second = contexts.borrow();
      assertThat(second).isNotSameAs(first);
      contexts.giveBack(first);
      contexts.giveBack(second);

      assertThat(contexts.borrow()).isSameAs(second);
      assertThat(contexts.borrow()).isSameAs(first);
    }
  }

  @Test
  void keepsNoMoreThanItsLimit() {
    try (Contexts contexts = new Contexts(SerdeOptions.standard())) {
      List<Context> lent = new ArrayList<>();
      for (int i = 0; i < Contexts.MAX_IDLE + 5; i++) {
        lent.add(contexts.borrow());
      }
      lent.forEach(contexts::giveBack);

      assertThat(contexts.idle()).isEqualTo(Contexts.MAX_IDLE);
    }
  }

  @Test
  void freesWhatIsLentWhenItComesBack() throws ProxyException {
    Contexts contexts = new Contexts(SerdeOptions.standard());
    ResponseHeader head = ResponseHeader.of(200).add("a", "b");
    int length = HeaderText.length(head);
    Context idle = contexts.borrow();
    Context lent = contexts.borrow();
    idle.write(head, length);
    byte[] before = lent.write(head, length);
    contexts.giveBack(idle);
    contexts.close();

    // Still whole in the hands of its owner, with a dictionary that is still there.
    assertThat(lent.write(head, length)).isEqualTo(before);
    assertThatIllegalStateException().isThrownBy(contexts::borrow);
    contexts.giveBack(lent);

    assertThat(contexts.idle()).isZero();
    assertThatIllegalStateException().isThrownBy(() -> lent.write(head, length));
    assertThatIllegalStateException().isThrownBy(() -> idle.write(head, length));
  }

  @Test
  void isSharedByManyThreads() throws Exception {
    List<ResponseHeader> heads = Heads.make(51, 64);
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
      for (int t = 0; t < 40; t++) {
        int first = t;
        Runnable work = () -> roundTrips(serde, heads, first);
        Thread thread = t % 2 == 0 ? Thread.ofVirtual().unstarted(work) : new Thread(work);
        thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(failures).isEmpty();
  }

  private static void roundTrips(HeaderSerde serde, List<ResponseHeader> heads, int first) {
    try {
      for (int i = 0; i < 200; i++) {
        ResponseHeader head = heads.get((first + i) % heads.size()).copy();
        assertSame(serde.deserialize(serde.serialize(head)), head);
      }
    } catch (ProxyException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closesUnderWayWithoutHarm() throws Exception {
    ResponseHeader head = ResponseHeader.of(200).add("a", "b");
    for (int round = 0; round < 100; round++) {
      HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard());
      CountDownLatch started = new CountDownLatch(2);
      AtomicBoolean odd = new AtomicBoolean();
      Runnable work =
          () -> {
            ResponseHeader own = head.copy();
            started.countDown();
            try {
              while (true) {
                assertSame(serde.deserialize(serde.serialize(own)), own);
              }
            } catch (IllegalStateException e) {
              odd.compareAndSet(false, !"the HeaderSerde is closed".equals(e.getMessage()));
            } catch (ProxyException e) {
              odd.set(true);
            }
          };
      Thread one = Thread.ofPlatform().start(work);
      Thread two = Thread.ofPlatform().start(work);
      started.await();
      serde.close();
      one.join();
      two.join();
      assertThat(odd).isFalse();
    }
  }
}
