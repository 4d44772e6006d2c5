// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What attempts and checks make of a backend.
class BackendStateTest {
  private final FakeTicker ticker = new FakeTicker();
  private final List<BackendChange> changes = new ArrayList<>();

  private LoadBalancer<RoundRobin> balancer(int size, Passive passive) {
    return LoadBalancer.builder("test", RoundRobin::of)
        .backends(Sets.even(size))
        .passive(passive)
        .ticker(ticker::nanoTime)
        .observer((_, _, change, _) -> changes.add(change))
        .build();
  }

  private static ProxyException upstreamFailure() {
    return ProxyException.upstream(ErrorKind.CONNECT_REFUSED, "refused");
  }

  private static void attempt(Backend backend, int status, boolean broken) {
    assertThat(backend.attemptStarted()).isTrue();
    if (status != 0) {
      backend.firstByte(1_000_000, status);
    }
    backend.attemptEnded(2_000_000, status, broken ? upstreamFailure() : null);
  }

  private static final Outlier THREE = new Outlier(3, Duration.ofSeconds(10), 0.5);

  // --- ejection ---

  @Test
  void failuresInARowEject() {
    LoadBalancer<?> balancer = balancer(2, Passive.NONE.withOutlier(THREE));
    Backend a = balancer.backends().getFirst();
    attempt(a, 0, true);
    attempt(a, 500, false);
    assertThat(a.isReady()).isTrue();
    attempt(a, 200, true); // broke in the middle
    assertThat(a.isReady()).isFalse();
    assertThat(changes).containsExactly(BackendChange.EJECTED);
    assertThat(balancer.status().ready()).isEqualTo(1);
    assertThat(balancer.status().toString()).contains("1 of 2 ready; 10.0.0.0:80 ejected");
    for (int i = 0; i < 10; i++) {
      assertThat(balancer.select(i)).contains(balancer.backends().get(1));
    }
  }

  @Test
  void successForgivesFailures() {
    LoadBalancer<?> balancer = balancer(2, Passive.NONE.withOutlier(THREE));
    Backend a = balancer.backends().getFirst();
    for (int i = 0; i < 20; i++) {
      attempt(a, 0, true);
      attempt(a, 502, false);
      attempt(a, 200, false);
    }
    assertThat(a.isReady()).isTrue();
  }

  @Test
  void faultsOfTheClientCountForNothing() {
    LoadBalancer<?> balancer = balancer(2, Passive.NONE.withOutlier(THREE));
    Backend a = balancer.backends().getFirst();
    for (int i = 0; i < 20; i++) {
      assertThat(a.attemptStarted()).isTrue();
      a.attemptEnded(1, 0, ProxyException.downstream(ErrorKind.CONNECTION_CLOSED, "gone"));
      assertThat(a.attemptStarted()).isTrue();
      a.attemptEnded(1, 200, ProxyException.internal(ErrorKind.INTERNAL_ERROR, "a filter threw"));
    }
    assertThat(a.isReady()).isTrue();
    assertThat(a.inFlight()).isZero();
  }

  @Test
  void ejectedReturnsAndIsEjectedForLongerEachTime() {
    LoadBalancer<?> balancer = balancer(2, Passive.NONE.withOutlier(THREE));
    Backend a = balancer.backends().getFirst();
    for (int times = 1; times <= 4; times++) {
      for (int i = 0; i < 3; i++) {
        attempt(a, 0, true);
      }
      ticker.advance(Duration.ofSeconds(10L * times).minusMillis(1));
      assertThat(a.isReady()).isFalse();
      ticker.advance(Duration.ofMillis(1));
      assertThat(a.isReady()).isTrue();
      assertThat(balancer.select("x")).isPresent();
      assertThat(balancer.select("x")).isPresent(); // one of the two is a, which returns
    }
    assertThat(changes)
        .startsWith(BackendChange.EJECTED, BackendChange.RETURNED, BackendChange.EJECTED);
  }

  @Test
  void quietTimeMakesEjectionsShortAgain() {
    assertThat(THREE.remembered(4, -5)).isEqualTo(4);
    assertThat(THREE.remembered(4, Duration.ofSeconds(25).toNanos())).isEqualTo(2);
    assertThat(THREE.remembered(4, Long.MAX_VALUE)).isZero();
    assertThat(THREE.remembered(Integer.MAX_VALUE, 0)).isEqualTo(1_000);
    assertThat(THREE.ejectNanos(3)).isEqualTo(Duration.ofSeconds(30).toNanos());
    assertThat(THREE.ejectNanos(Integer.MAX_VALUE)).isEqualTo(Outlier.MAX_EJECT.toNanos());
  }

  @Test
  void shareOfTheEjectedIsBounded() {
    LoadBalancer<?> balancer = balancer(5, Passive.NONE.withOutlier(THREE));
    for (Backend backend : balancer.backends()) {
      for (int i = 0; i < 30; i++) {
        attempt(backend, 0, true);
      }
    }
    assertThat(balancer.backends()).filteredOn(Backend::isReady).hasSize(3);
    LoadBalancer<?> alone = balancer(1, Passive.NONE.withOutlier(THREE));
    for (int i = 0; i < 30; i++) {
      attempt(alone.backends().getFirst(), 0, true);
    }
    assertThat(alone.backends().getFirst().isReady()).isTrue();
  }

  @Test
  void clockThatGoesBackEjectsNobodyForEver() {
    LoadBalancer<?> balancer = balancer(2, Passive.NONE.withOutlier(THREE));
    Backend a = balancer.backends().getFirst();
    FakeTicker earlier = new FakeTicker(ticker.nanoTime() - Duration.ofDays(40).toNanos());
    for (int i = 0; i < 3; i++) {
      attempt(a, 0, true);
    }
    assertThat(a.isReady()).isFalse();
    long back = ticker.nanoTime() - earlier.nanoTime();
    assertThat(back).isGreaterThan(Outlier.MAX_EJECT.toNanos());
    LoadBalancer<?> jumping =
        LoadBalancer.builder("test", RoundRobin::of)
            .backends(Sets.even(2))
            .passive(Passive.NONE.withOutlier(THREE))
            .ticker(
                new java.util.concurrent.atomic.AtomicLong(Long.MAX_VALUE / 2) {
                      private static final long serialVersionUID = 1;
                      private transient int calls;

                      long jump() {
                        return calls++ < 30 ? get() : get() - back;
                      }
                    }
                    ::jump)
            .build();
    Backend b = jumping.backends().getFirst();
    for (int i = 0; i < 3; i++) {
      attempt(b, 0, true);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(jumping.select(i)).isPresent();
    }
    assertThat(b.isReady()).isTrue();
  }

  // --- circuit breaker ---

  private static final CircuitBreaker HALF_OF_TEN =
      new CircuitBreaker(0.5, 10, Duration.ofSeconds(10), Duration.ofSeconds(2));

  @Test
  void breakerOpensByRatioAndClosesByATrial() {
    LoadBalancer<?> balancer = balancer(1, Passive.NONE.withBreaker(HALF_OF_TEN));
    Backend a = balancer.backends().getFirst();
    for (int i = 0; i < 5; i++) {
      attempt(a, 200, false);
    }
    for (int i = 0; i < 4; i++) {
      attempt(a, 0, true);
    }
    assertThat(balancer.select("x")).isPresent();
    attempt(a, 0, true);
    assertThat(balancer.select("x")).isEmpty();
    ticker.advance(Duration.ofSeconds(2));
    assertThat(balancer.select("x")).isPresent(); // the trial
    assertThat(balancer.select("x")).isEmpty(); // and no other
    attempt(a, 0, true); // it fails
    assertThat(balancer.select("x")).isEmpty();
    ticker.advance(Duration.ofSeconds(2));
    assertThat(balancer.select("x")).isPresent();
    attempt(a, 200, false);
    assertThat(balancer.select("x")).isPresent();
    assertThat(balancer.select("x")).isPresent();
    assertThat(changes).containsExactly(BackendChange.OPENED, BackendChange.CLOSED);
  }

  private LoadBalancer<?> opened(int size) {
    LoadBalancer<?> balancer = balancer(size, Passive.NONE.withBreaker(HALF_OF_TEN));
    for (int i = 0; i < 10; i++) {
      attempt(balancer.backends().getFirst(), 0, true);
    }
    return balancer;
  }

  @Test
  void successOfARequestFromBeforeIsNoTrial() {
    LoadBalancer<?> balancer = opened(1);
    Backend a = balancer.backends().getFirst();
    ticker.advance(Duration.ofMillis(1_500));
    assertThat(a.attemptStarted()).isTrue();
    a.attemptEnded(Duration.ofSeconds(4).toNanos(), 200, null); // a long download
    ticker.advance(Duration.ofMillis(600));
    assertThat(balancer.select("x")).isPresent();
    assertThat(balancer.select("x")).isEmpty();
    assertThat(changes).containsExactly(BackendChange.OPENED);
    attempt(a, 200, false);
    assertThat(changes).containsExactly(BackendChange.OPENED, BackendChange.CLOSED);
  }

  @Test
  void trialIsNotSpentOnWhoIsNotAccepted() {
    LoadBalancer<?> balancer = opened(2);
    Backend a = balancer.backends().getFirst();
    ticker.advance(Duration.ofSeconds(2));
    for (int i = 0; i < 10; i++) {
      assertThat(balancer.select(i, 100, (backend, ready) -> ready && !backend.equals(a)))
          .contains(balancer.backends().get(1));
    }
    assertThat(balancer.select("x", 100, (backend, ready) -> ready && backend.equals(a)))
        .contains(a);
    assertThat(balancer.select("x", 100, (backend, ready) -> ready && backend.equals(a))).isEmpty();
  }

  @Test
  void anotherAttemptGoesElsewhere() {
    LoadBalancer<?> balancer =
        LoadBalancer.builder("t", Ketama::of)
            .backends(Sets.even(3))
            .panicThreshold(1)
            .passive(Passive.NONE.withOutlier(new Outlier(1, Duration.ofSeconds(10), 1)))
            .build();
    for (boolean allEjected : new boolean[] {false, true}) {
      if (allEjected) { // and so health counts for nothing
        balancer.backends().forEach(backend -> attempt(backend, 0, true));
        assertThat(balancer.status().ready()).isZero();
      }
      for (int key = 0; key < 50; key++) {
        Backend first = balancer.select(key).orElseThrow();
        Backend second = balancer.select(key, List.of(first)).orElseThrow();
        Backend third = balancer.select(key, List.of(first, second)).orElseThrow();
        assertThat(Set.of(first, second, third)).hasSize(3);
        assertThat(balancer.select(key, List.of(first, second, third))).contains(first);
      }
    }
  }

  @Test
  void trialThatNobodyReportsIsFollowedByAnother() {
    LoadBalancer<?> balancer = balancer(1, Passive.NONE.withBreaker(HALF_OF_TEN));
    for (int i = 0; i < 10; i++) {
      attempt(balancer.backends().getFirst(), 0, true);
    }
    for (int i = 0; i < 5; i++) {
      ticker.advance(Duration.ofSeconds(2));
      assertThat(balancer.select("x")).isPresent();
      assertThat(balancer.select("x")).isEmpty();
    }
  }

  // --- bound on attempts ---

  @Test
  void noMoreAttemptsThanAllowed() {
    LoadBalancer<?> balancer = balancer(2, Passive.NONE.withMaxRequests(3));
    List<Backend> taken = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Backend backend = balancer.select(i).orElseThrow();
      assertThat(backend.attemptStarted()).isTrue();
      taken.add(backend);
    }
    assertThat(balancer.select("x")).isEmpty();
    assertThat(taken.getFirst().attemptStarted()).isFalse();
    assertThat(taken.getFirst().inFlight()).isEqualTo(3);
    taken.getFirst().attemptEnded(1, 200, null);
    assertThat(balancer.select("x")).contains(taken.getFirst());
  }

  // --- health checks ---

  @Test
  void resultsInARowFlipTheState() {
    LoadBalancer<?> balancer = balancer(2, Passive.NONE);
    BackendState a = Sets.state(balancer, 0);
    a.checked(false, 3, "refused");
    a.checked(false, 3, "refused");
    a.checked(true, 2, "");
    a.checked(false, 3, "refused");
    a.checked(false, 3, "refused");
    assertThat(a.isReady()).isTrue();
    a.checked(false, 3, "refused");
    assertThat(a.isReady()).isFalse();
    a.checked(true, 2, "");
    assertThat(a.isReady()).isFalse();
    a.checked(true, 2, "");
    assertThat(a.isReady()).isTrue();
    assertThat(changes).containsExactly(BackendChange.UNHEALTHY, BackendChange.HEALTHY);
  }

  @Test
  void tellsTheLastFailureWhileItIsOut() {
    LoadBalancer<?> balancer = balancer(2, Passive.NONE);
    BackendState a = Sets.state(balancer, 0);
    a.checked(false, 2, "early");
    assertThat(reason(balancer)).isEmpty();
    a.checked(false, 2, "refused");
    assertThat(reason(balancer)).isEqualTo("refused");
    a.checked(false, 2, "x".repeat(BackendState.MAX_REASON + 1));
    assertThat(reason(balancer)).isEqualTo("x".repeat(BackendState.MAX_REASON));
    balancer.enable(balancer.backends().getFirst().address(), false); // without a word
    assertThat(reason(balancer)).startsWith("x");
    a.checked(true, 1, "");
    balancer.enable(balancer.backends().getFirst().address(), true);
    assertThat(reason(balancer)).isEmpty();
    balancer.enable(balancer.backends().getFirst().address(), false);
    assertThat(reason(balancer)).isEmpty(); // and not that of another time
  }

  private static String reason(LoadBalancer<?> balancer) {
    return balancer.status().backends().getFirst().reason();
  }

  @Test
  void backendMayStartUnhealthy() {
    LoadBalancer<?> balancer =
        LoadBalancer.of(
            "t", List.of(Backend.of("10.0.0.1:80").startingUnhealthy()), RoundRobin::of);
    assertThat(balancer.select("x")).isEmpty();
    Sets.state(balancer, 0).checked(true, 1, "");
    assertThat(balancer.select("x")).isPresent();
  }

  @Test
  void reasonsAddUpAndEachGoesByItself() {
    LoadBalancer<?> balancer = balancer(3, Passive.NONE.withOutlier(THREE));
    Backend a = balancer.backends().getFirst();
    BackendState state = Sets.state(balancer, 0);
    state.checked(false, 1, "");
    balancer.enable(a.address(), false);
    for (int i = 0; i < 3; i++) {
      attempt(a, 0, true);
    }
    assertThat(balancer.status().ready()).isEqualTo(2);
    assertThat(balancer.status().backends().getFirst().state())
        .isEqualTo("unhealthy, disabled, ejected");
    state.checked(true, 1, "");
    balancer.enable(a.address(), true);
    assertThat(a.isReady()).isFalse();
    ticker.advance(Duration.ofSeconds(10));
    assertThat(a.isReady()).isTrue();
  }

  // --- panic ---

  @Test
  void inPanicHealthCountsForNothing() {
    LoadBalancer<RoundRobin> balancer =
        LoadBalancer.builder("t", RoundRobin::of)
            .backends(Sets.even(4))
            .panicThreshold(0.5)
            .build();
    for (int i = 0; i < 2; i++) {
      Sets.state(balancer, i).checked(false, 1, "");
    }
    for (int i = 0; i < 8; i++) {
      assertThat(balancer.backends().indexOf(balancer.select(i).orElseThrow())).isBetween(2, 3);
    }
    Sets.state(balancer, 2).checked(false, 1, "");
    balancer.enable(balancer.backends().get(3).address(), false);
    boolean[] used = new boolean[4];
    for (int i = 0; i < 8; i++) {
      used[balancer.backends().indexOf(balancer.select(i).orElseThrow())] = true;
    }
    assertThat(used).containsExactly(true, true, true, false); // what is disabled stays so
  }

  @Test
  void observerThatThrowsHarmsNobody() {
    LoadBalancer<?> balancer =
        LoadBalancer.builder("t", RoundRobin::of)
            .backends(Sets.even(2))
            .observer((_, _, _, _) -> {
              throw new IllegalStateException("on purpose");
            })
            .build();
    Sets.state(balancer, 0).checked(false, 1, "");
    assertThat(balancer.status().ready()).isEqualTo(1);
  }

  // --- rules ---

  @Test
  void senselessRulesAreRefused() {
    Duration s = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new Outlier(0, s, 0.5)).hasMessageStartingWith("consecutive: 0 (exp");
    assertThatThrownBy(() -> new Outlier(1, Duration.ZERO, 0.5)).hasMessageStartingWith("eject: ");
    assertThatThrownBy(() -> new Outlier(1, s, Double.NaN)).hasMessageStartingWith("maxEjected: ");
    assertThatThrownBy(() -> new CircuitBreaker(0, 1, s, s))
        .hasMessageStartingWith("failureRatio: 0.0 (expected");
    assertThatThrownBy(() -> new CircuitBreaker(1, 0, s, s)).hasMessageStartingWith("minAttempts");
    assertThatThrownBy(() -> new CircuitBreaker(1, 1, s, Duration.ofDays(1)))
        .hasMessageStartingWith("pause");
    assertThatThrownBy(() -> Passive.NONE.withMaxRequests(-1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> LoadBalancer.builder("x", RoundRobin::of).panicThreshold(1.5))
        .hasMessageStartingWith("panicThreshold: 1.5 (expected");
  }
}
