// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Connections that nobody owns, over a wire that the test plays.
final class RestTest {
  private static final long MILLI = 1_000_000;

  private final FakeWire wire = new FakeWire();

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void bytesWakeAConnectionAtRestOnce(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      AtomicInteger woken = new AtomicInteger();
      assertThat(rig.<Boolean>call(_ -> connection.rest(woken::incrementAndGet))).isTrue();
      var _ = rig.onEventLoop(() -> 0);
      assertThat(woken).hasValue(0);
      rig.arrive(connection, wire, (byte) 1);
      rig.arrive(connection, wire, (byte) 2);
      Rig.eventually("it wakes", () -> woken.get() > 0);
      assertThat(rig.<Boolean>call(_ -> connection.wake())).as("already woken").isFalse();
      int first =
          rig.call(thread -> {
            connection.attach(thread);
            assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
            return (int) connection.input().get();
          });
      assertThat(first).isEqualTo(1);
      assertThat(woken).hasValue(1);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void whoeverWakesFirstOwnsIt(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      AtomicInteger woken = new AtomicInteger();
      assertThat(rig.<Boolean>call(_ -> connection.rest(woken::incrementAndGet))).isTrue();
      assertThat(rig.<Boolean>call(_ -> connection.wake())).isTrue();
      rig.arrive(connection, wire, (byte) 1);
      var _ = rig.onEventLoop(() -> 0);
      assertThat(woken).hasValue(0);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void aConnectionWithInputStaysItsOwners(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.arrive(connection, wire, (byte) 1);
      assertThat(
              rig.<Boolean>call(thread -> {
                connection.attach(thread);
                while (!connection.poll()) {
                  assertThat(thread.await(RequestThread.NEVER)).isTrue();
                }
                boolean rests = connection.rest(() -> {});
                connection.input().get();
                rig.arrive(connection, wire, (byte) 2);
                // Still the owner: it is signalled when bytes come.
                assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
                return rests;
              }))
          .isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void expiryClosesAConnectionAtRestAndTells(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      AtomicInteger woken = new AtomicInteger();
      rig.<Boolean>call(thread -> {
        connection.expireAt(thread.loop().deadlineIn(20 * MILLI));
        return connection.rest(woken::incrementAndGet);
      });
      Rig.eventually("it closes", () -> wire.closed);
      Rig.eventually("it tells", () -> woken.get() == 1);
      assertThat(connection.isClosed()).isTrue();
      assertThat(rig.<Boolean>call(_ -> connection.wake())).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void expiryMovesWithEachRestAndSparesTheBusy(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      Runnable action = () -> {};
      long start = System.nanoTime();
      rig.<Boolean>call(thread -> {
        connection.expireAt(thread.loop().deadlineIn(40 * MILLI));
        assertThat(connection.rest(action)).isTrue();
        assertThat(connection.wake()).isTrue();
        connection.unexpire();
        long busy = thread.loop().deadlineIn(80 * MILLI);
        while (thread.await(busy)) {
          // busy
        }
        assertThat(connection.isClosed()).as("closed while in use").isFalse();
        connection.expireAt(thread.loop().deadlineIn(80 * MILLI));
        assertThat(connection.rest(action)).isTrue();
        assertThat(connection.wake()).isTrue();
        connection.expireAt(thread.loop().deadlineIn(30 * MILLI)); // earlier than before
        return connection.rest(action);
      });
      Rig.eventually("it closes", () -> wire.closed);
      assertThat(System.nanoTime() - start).isBetween(110 * MILLI, 5 * Rig.SECOND);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void stoppingClosesWhatRestsAndWakesTheOthers(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection resting = rig.over(wire);
      AtomicInteger woken = new AtomicInteger();
      assertThat(rig.<Boolean>call(_ -> resting.rest(woken::incrementAndGet))).isTrue();
      Connection busy = rig.over(new FakeWire());
      AtomicReference<RequestThread> waiting = new AtomicReference<>();
      CompletableFuture<Boolean> owner =
          rig.start(thread -> {
            busy.attach(thread);
            waiting.set(thread);
            return thread.await(RequestThread.NEVER);
          });
      Rig.eventually("it waits", () -> waiting.get() != null);
      rig.group.quiesce();
      Rig.eventually("the one at rest closes", () -> wire.closed);
      assertThat(woken).hasValue(1);
      assertThat(Rig.await(owner)).isTrue();
      assertThat(busy.isClosed()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void nothingStaysAtRestOnceTheServerStops(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      rig.group.quiesce();
      var _ = rig.onEventLoop(() -> 0);
      assertThat(connection.isClosed()).isFalse();
      AtomicInteger woken = new AtomicInteger();
      assertThat(rig.<Boolean>call(_ -> connection.rest(woken::incrementAndGet))).isTrue();
      Rig.eventually("it closes", () -> wire.closed);
      Rig.eventually("it tells", () -> woken.get() == 1);
      rig.assertNoBufferInUse();
    }
  }

  /// What runs at the end of the first closes the second: the third must close as well.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void stoppingMissesNoneThoughOneTakesOthersAlong(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Connection connection = rig.over(new FakeWire());
        all.add(connection);
        assertThat(
                rig.<Boolean>call(_ ->
                    connection.rest(() -> {
                      all.get(3).io().destroy(null);
                      all.get(1).io().destroy(null);
                    })))
            .isTrue();
      }
      rig.group.quiesce();
      for (Connection connection : all) {
        Rig.eventually("it closes", connection::isClosed);
      }
    }
  }

  /// A connection that goes to rest at the moment in which it breaks: in every order the owner
  /// keeps it, or the action runs, never neither and never both.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void noEndIsLostBetweenOwnerAndRest(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      AtomicInteger told = new AtomicInteger();
      AtomicInteger kept = new AtomicInteger();
      int rounds = 3_000;
      for (int i = 0; i < rounds; i++) {
        Connection connection = rig.over(new FakeWire());
        CompletableFuture<Boolean> resting =
            rig.start(thread -> {
              connection.attach(thread);
              rig.loop().execute(() -> connection.io().destroy(null));
              return connection.rest(told::incrementAndGet);
            });
        if (!Rig.await(resting)) {
          kept.incrementAndGet();
          rig.close(connection);
        }
      }
      Rig.eventually("every end is told", () -> told.get() + kept.get() == rounds);
      rig.assertNoBufferInUse();
      assertThat(told.get() + kept.get()).isEqualTo(rounds);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void anActionThatFailsCostsItsConnectionOnly(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      assertThat(
              rig.<Boolean>call(_ ->
                  connection.rest(() -> {
                    throw new IllegalStateException("an action that fails, as it should");
                  })))
          .isTrue();
      rig.arrive(connection, wire, (byte) 1);
      Rig.eventually("it closes", () -> wire.closed);
      assertThat(rig.<Integer>onEventLoop(() -> 1)).isEqualTo(1);
    }
  }

  /// The owner goes to rest at the moment in which bytes arrive: in every order either the action
  /// runs or the owner sees the bytes, never neither.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#schedulers")
  void noByteIsLostBetweenOwnerAndRest(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Connection connection = rig.over(wire);
      int rounds = 3_000;
      CountDownLatch all = new CountDownLatch(rounds);
      RequestThread.Task[] serve = new RequestThread.Task[1];
      serve[0] =
          thread -> {
            connection.attach(thread);
            do {
              while (connection.poll() && !connection.isInputOver()) {
                connection.input().get();
                all.countDown();
                rig.arrive(connection, wire, (byte) 1);
              }
            } while (!connection.isClosed() && !connection.rest(() -> rig.loop().spawn(serve[0])));
          };
      rig.loop().spawn(serve[0]);
      rig.arrive(connection, wire, (byte) 1);
      assertThat(all.await(Rig.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }
}
