// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.connectors.LoopRig.Flavour;
import dev.pingora.core.server.ResolverConf;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.FakeResolver;
import dev.pingora.testkit.FakeTicker;
import dev.pingora.testkit.Gate;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is remembered of names, for how long, and who waits for whom.
class CachingResolverTest {
  private static final ResolverConf CONF =
      ResolverConf.builder()
          .minTtl(Duration.ofSeconds(2))
          .maxTtl(Duration.ofSeconds(60))
          .negativeTtl(Duration.ofSeconds(5))
          .build();

  private final FakeTicker ticker = new FakeTicker();
  private final AtomicReference<NameAnswer> answer = new AtomicReference<>();
  private final List<String> asked = new ArrayList<>();

  private CachingResolver scripted() {
    return new CachingResolver(
        (_, name) -> {
          asked.add(name);
          return answer.get();
        },
        CONF,
        ticker::nanoTime);
  }

  private static NameAnswer found(int seconds, String literal) {
    return new NameAnswer.Found(
        List.of(InetAddress.ofLiteral(literal)), Duration.ofSeconds(seconds));
  }

  private static String first(LoopRig rig, Resolver resolver, String host) throws Exception {
    return rig.call(
        thread -> resolver.resolve(thread, host, RequestThread.NEVER).getFirst().getHostAddress());
  }

  private static void assertFails(LoopRig rig, Resolver resolver, String host, ErrorKind kind) {
    assertThatThrownBy(() -> first(rig, resolver, host))
        .isInstanceOfSatisfying(
            ProxyException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.source()).isEqualTo(ErrorSource.UPSTREAM);
              assertThat(e.getMessage()).contains(host);
            });
  }

  @ParameterizedTest
  @EnumSource
  void remembersAnAnswerForItsTime(Flavour flavour) throws Exception {
    try (LoopRig rig = LoopRig.start(flavour)) {
      CachingResolver resolver = scripted();
      answer.set(found(10, "192.0.2.1"));
      assertThat(first(rig, resolver, "App.Test")).isEqualTo("192.0.2.1");
      answer.set(found(10, "192.0.2.2"));
      ticker.advance(Duration.ofMillis(9_999));
      assertThat(first(rig, resolver, "app.test")).isEqualTo("192.0.2.1");
      ticker.advance(Duration.ofMillis(1));
      assertThat(first(rig, resolver, "app.test")).isEqualTo("192.0.2.2");
      assertThat(asked).containsExactly("app.test", "app.test");
    }
  }

  @Test
  void boundsTheTimeOfAnswers() throws Exception {
    try (LoopRig rig = LoopRig.start(Flavour.BOUND)) {
      CachingResolver resolver = scripted();
      answer.set(found(0, "192.0.2.1"));
      assertThat(first(rig, resolver, "short.test")).isEqualTo("192.0.2.1");
      answer.set(found(86_400, "192.0.2.2"));
      assertThat(first(rig, resolver, "long.test")).isEqualTo("192.0.2.2");
      ticker.advance(Duration.ofMillis(1_999));
      assertThat(first(rig, resolver, "short.test")).isEqualTo("192.0.2.1");
      ticker.advance(Duration.ofMillis(1));
      assertThat(first(rig, resolver, "short.test")).isEqualTo("192.0.2.2");
      ticker.advance(Duration.ofSeconds(57));
      assertThat(first(rig, resolver, "long.test")).isEqualTo("192.0.2.2");
      ticker.advance(Duration.ofSeconds(1));
      answer.set(found(1, "192.0.2.3"));
      assertThat(first(rig, resolver, "long.test")).isEqualTo("192.0.2.3");
    }
  }

  @Test
  void believesForAWhileThatANameDoesNotExist() throws Exception {
    try (LoopRig rig = LoopRig.start(Flavour.BOUND)) {
      CachingResolver resolver = scripted();
      answer.set(new NameAnswer.Missing());
      assertFails(rig, resolver, "none.test", ErrorKind.CONNECT_NO_ROUTE);
      answer.set(found(10, "192.0.2.1"));
      ticker.advance(Duration.ofMillis(4_999));
      assertFails(rig, resolver, "none.test", ErrorKind.CONNECT_NO_ROUTE);
      ticker.advance(Duration.ofMillis(1));
      assertThat(first(rig, resolver, "none.test")).isEqualTo("192.0.2.1");
    }
  }

  @Test
  void asksAgainAtOnceWhenNobodyCouldSay() throws Exception {
    try (LoopRig rig = LoopRig.start(Flavour.BOUND)) {
      CachingResolver resolver = scripted();
      answer.set(new NameAnswer.Unknown("no server answers"));
      assertFails(rig, resolver, "app.test", ErrorKind.CONNECT_ERROR);
      answer.set(found(10, "192.0.2.1"));
      assertThat(first(rig, resolver, "app.test")).isEqualTo("192.0.2.1");
    }
  }

  @Test
  void keepsOldAddressesWhileNobodyCanSay() throws Exception {
    try (LoopRig rig = LoopRig.start(Flavour.BOUND)) {
      CachingResolver resolver = scripted();
      answer.set(found(10, "192.0.2.1"));
      assertThat(first(rig, resolver, "app.test")).isEqualTo("192.0.2.1");
      answer.set(new NameAnswer.Unknown("no server answers"));
      ticker.advance(Duration.ofMinutes(30));
      assertThat(first(rig, resolver, "app.test")).isEqualTo("192.0.2.1");
      assertThat(first(rig, resolver, "app.test")).isEqualTo("192.0.2.1");
      assertThat(asked).as("not by every request").hasSize(2);
      ticker.advance(Duration.ofMinutes(31));
      assertFails(rig, resolver, "app.test", ErrorKind.CONNECT_ERROR);
      answer.set(new NameAnswer.Missing());
      assertFails(rig, resolver, "app.test", ErrorKind.CONNECT_NO_ROUTE);
    }
  }

  @Test
  void forgetsTheNameUsedLongestAgo() throws Exception {
    try (LoopRig rig = LoopRig.start(Flavour.BOUND)) {
      CachingResolver resolver = scripted();
      answer.set(found(60, "192.0.2.1"));
      assertThat(first(rig, resolver, "first.test")).isNotEmpty();
      rig.call(thread -> {
        for (int i = 0; i < CachingResolver.MAX_NAMES - 1; i++) {
          resolver.resolve(thread, "n" + i, RequestThread.NEVER);
        }
        return resolver.resolve(thread, "first.test", RequestThread.NEVER);
      });
      assertThat(first(rig, resolver, "one-more.test")).isNotEmpty();
      asked.clear();
      assertThat(first(rig, resolver, "first.test")).isNotEmpty();
      assertThat(first(rig, resolver, "n1")).isNotEmpty();
      assertThat(asked).isEmpty();
      assertThat(first(rig, resolver, "n0")).isNotEmpty();
      assertThat(asked).containsExactly("n0");
    }
  }

  @Test
  void asksForNoAddressAndNoNonsense() throws Exception {
    try (LoopRig rig = LoopRig.start(Flavour.BOUND)) {
      CachingResolver resolver = scripted();
      assertThat(first(rig, resolver, "192.0.2.5")).isEqualTo("192.0.2.5");
      assertThat(first(rig, resolver, "2001:db8::1")).isEqualTo("2001:db8:0:0:0:0:0:1");
      for (String bad :
          List.of("", ".", "a..b", "a b", "::x", "1.2.3.456", "ä.test", "x".repeat(64), ".a")) {
        assertFails(rig, resolver, bad, ErrorKind.CONNECT_NO_ROUTE);
      }
      assertFails(rig, resolver, "a.".repeat(127) + "a", ErrorKind.CONNECT_NO_ROUTE);
      assertThat(asked).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void asksOnceForAllWhoWait(Flavour flavour) throws Exception {
    FakeResolver fake = new FakeResolver().answer("app.test", "192.0.2.1");
    Gate gate = fake.hold("app.test");
    Resolver resolver = Resolver.blocking(fake::resolve, CONF);
    try (LoopRig rig = LoopRig.start(flavour, 2)) {
      List<CompletableFuture<List<InetAddress>>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(
            LoopRig.start(
                rig.group.loops().get(i % 2),
                thread -> resolver.resolve(thread, "app.test", RequestThread.NEVER)));
      }
      fake.lookups().await(1);
      gate.open();
      for (CompletableFuture<List<InetAddress>> one : all) {
        assertThat(LoopRig.await(one)).containsExactly(InetAddress.ofLiteral("192.0.2.1"));
      }
      assertThat(fake.lookups().all()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesUpAtTheDeadlineAndLeavesTheLookupToOthers(Flavour flavour) throws Exception {
    FakeResolver fake = new FakeResolver().answer("slow.test", "192.0.2.1");
    Gate gate = fake.hold("slow.test");
    Resolver resolver = Resolver.blocking(fake::resolve, CONF);
    try (LoopRig rig = LoopRig.start(flavour)) {
      assertThatThrownBy(() ->
              rig.call(thread ->
                  resolver.resolve(thread, "slow.test", thread.loop().deadlineIn(20_000_000))))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONNECT_TIMEOUT));
      CompletableFuture<List<InetAddress>> patient =
          rig.start(thread -> resolver.resolve(thread, "slow.test", RequestThread.NEVER));
      gate.open();
      assertThat(LoopRig.await(patient)).hasSize(1);
      assertThat(fake.lookups().all()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledRequestTakesNobodyWithIt(Flavour flavour) throws Exception {
    FakeResolver fake = new FakeResolver().answer("slow.test", "192.0.2.1");
    Gate gate = fake.hold("slow.test");
    Resolver resolver = Resolver.blocking(fake::resolve, CONF);
    try (LoopRig rig = LoopRig.start(flavour)) {
      AtomicReference<RequestThread> first = new AtomicReference<>();
      CompletableFuture<List<InetAddress>> cancelled =
          rig.start(thread -> {
            first.set(thread);
            return resolver.resolve(thread, "slow.test", RequestThread.NEVER);
          });
      fake.lookups().await(1);
      CompletableFuture<List<InetAddress>> other =
          rig.start(thread -> resolver.resolve(thread, "slow.test", RequestThread.NEVER));
      first.get().cancel();
      assertThatThrownBy(() -> LoopRig.await(cancelled))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
      gate.open();
      assertThat(LoopRig.await(other)).hasSize(1);
    }
  }

  @Test
  void refusesMoreLookupsThanItsBound() throws Exception {
    CompletableFuture<NameAnswer> late = new CompletableFuture<>();
    CachingResolver resolver =
        new CachingResolver(
            (thread, _) -> {
              while (!late.isDone()) {
                thread.await(RequestThread.NEVER);
              }
              return late.join();
            },
            CONF,
            ticker::nanoTime);
    try (LoopRig rig = LoopRig.start(Flavour.BOUND)) {
      List<CompletableFuture<List<InetAddress>>> waiting = new ArrayList<>();
      for (int i = 0; i < CachingResolver.MAX_LOOKUPS; i++) {
        String name = "n" + i;
        waiting.add(rig.start(thread -> resolver.resolve(thread, name, RequestThread.NEVER)));
      }
      Eventually.holds(
          "one too many is refused",
          () -> {
            try {
              rig.call(thread -> resolver.resolve(thread, "more", thread.loop().deadlineIn(1)));
              return false;
            } catch (ProxyException e) {
              return e.kind().equals(ErrorKind.OVER_LIMIT);
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
      assertThat(waiting).noneMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void aSourceThatThrowsFailsTheLookupOnly() throws Exception {
    CachingResolver resolver =
        new CachingResolver(
            (_, _) -> {
              throw new IllegalStateException("a bug");
            },
            CONF,
            ticker::nanoTime);
    try (LoopRig rig = LoopRig.start(Flavour.BOUND)) {
      assertFails(rig, resolver, "app.test", ErrorKind.CONNECT_ERROR);
      assertFails(rig, resolver, "app.test", ErrorKind.CONNECT_ERROR);
    }
  }

  @Test
  void theJdkIsAFallback() throws Exception {
    try (LoopRig rig = LoopRig.start(Flavour.BOUND)) {
      Resolver resolver = Resolver.jdk(ResolverConf.defaults());
      assertThat(first(rig, resolver, "localhost")).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
      assertFails(rig, resolver, "no-such-host.invalid", ErrorKind.CONNECT_NO_ROUTE);
    }
  }
}
