// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.connectors.LoopRig.Flavour;
import dev.pingora.core.server.ResolverConf;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import dev.pingora.testkit.Leaks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Looking up names at real name servers on real sockets.
class DnsSourceTest {
  @TempDir Path etc;

  private DnsSource source(String resolvConf, String hosts, NameServer... servers)
      throws Exception {
    Files.writeString(etc.resolve("resolv.conf"), resolvConf);
    Files.writeString(etc.resolve("hosts"), hosts);
    List<InetSocketAddress> addresses = Stream.of(servers).map(NameServer::address).toList();
    return new DnsSource(addresses, etc.resolve("resolv.conf"), etc.resolve("hosts"));
  }

  private static NameAnswer.Found found(int seconds, String... literals) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String literal : literals) {
      addresses.add(InetAddress.ofLiteral(literal));
    }
    return new NameAnswer.Found(addresses, Duration.ofSeconds(seconds));
  }

  private static NameAnswer lookup(Flavour flavour, DnsSource source, String name)
      throws Exception {
    try (LoopRig rig = LoopRig.start(flavour)) {
      return rig.call(thread -> source.lookup(thread, name));
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsTheAddressesOfBothFamilies(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.host("app.test", 60, "192.0.2.1", "192.0.2.2").host("app.test", 30, "2001:db8::1");
      assertThat(lookup(flavour, source("", "", server), "app.test"))
          .isEqualTo(found(30, "2001:db8::1", "192.0.2.1", "192.0.2.2"));
      assertThat(server.asked.all()).containsExactlyInAnyOrder("AAAA app.test", "A app.test");
    }
  }

  @ParameterizedTest
  @EnumSource
  void isContentWithOneFamily(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.host("four.test", 60, "192.0.2.1").host("six.test", 60, "2001:db8::1");
      DnsSource source = source("", "", server);
      assertThat(lookup(flavour, source, "four.test")).isEqualTo(found(60, "192.0.2.1"));
      assertThat(lookup(flavour, source, "six.test")).isEqualTo(found(60, "2001:db8::1"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitsForTheOtherFamilyForAMomentOnly(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.host("app.test", 60, "192.0.2.1").silent("AAAA app.test");
      assertThat(lookup(flavour, source("options timeout:30", "", server), "app.test"))
          .isEqualTo(found(60, "192.0.2.1"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesAnAddressWhenTheOtherFamilyFails(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.host("app.test", 60, "192.0.2.1").fail("AAAA app.test", NameServer.SERVFAIL);
      assertThat(lookup(flavour, source("", "", server), "app.test"))
          .isEqualTo(found(60, "192.0.2.1"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void followsAliasesAndTakesTheLeastTtl(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.alias("www.test", 300, "Lb.test").alias("Lb.test", 5, "a.test");
      server.host("a.test", 600, "192.0.2.7");
      assertThat(lookup(flavour, source("", "", server), "www.test"))
          .isEqualTo(found(5, "192.0.2.7"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void doesNotRunInACircleOfAliases(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.alias("a.test", 300, "b.test").alias("b.test", 300, "a.test");
      assertThat(lookup(flavour, source("", "", server), "a.test"))
          .isInstanceOf(NameAnswer.Unknown.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void asksAgainByTcpWhenTheAnswerDoesNotFit(Flavour flavour) throws Exception {
    String[] many = new String[200];
    for (int i = 0; i < many.length; i++) {
      many[i] = "192.0.2." + i;
    }
    try (NameServer server = new NameServer()) {
      server.host("many.test", 60, many).truncate("A many.test");
      assertThat(lookup(flavour, source("", "", server), "many.test")).isEqualTo(found(60, many));
      assertThat(server.asked.all()).contains("A many.test tcp");
    }
  }

  @ParameterizedTest
  @EnumSource
  void distinguishesNoSuchNameFromNoAnswer(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.fail("A broken.test", NameServer.SERVFAIL);
      server.fail("AAAA broken.test", NameServer.SERVFAIL);
      server.alias("text.test", 60, "nowhere.test");
      DnsSource source = source("", "", server);
      assertThat(lookup(flavour, source, "none.test")).isInstanceOf(NameAnswer.Missing.class);
      assertThat(lookup(flavour, source, "text.test")).isInstanceOf(NameAnswer.Missing.class);
      assertThat(lookup(flavour, source, "broken.test"))
          .isInstanceOfSatisfying(
              NameAnswer.Unknown.class,
              unknown -> assertThat(unknown.why()).contains(server.address().toString()));
      assertThat(server.asked.all()).filteredOn("A broken.test"::equals).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void asksTheNextServerWhenOneIsSilentOrFails(Flavour flavour) throws Exception {
    try (NameServer first = new NameServer();
        NameServer second = new NameServer()) {
      first.silent("A app.test").silent("AAAA app.test").fail("A two.test", NameServer.SERVFAIL);
      first.fail("AAAA two.test", NameServer.SERVFAIL);
      second.host("app.test", 60, "192.0.2.9").host("two.test", 60, "192.0.2.2");
      DnsSource source = source("options timeout:1 attempts:1", "", first, second);
      assertThat(lookup(flavour, source, "app.test")).isEqualTo(found(60, "192.0.2.9"));
      assertThat(lookup(flavour, source, "two.test")).isEqualTo(found(60, "192.0.2.2"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void completesNamesWithTheSearchDomains(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.host("app.two.test", 60, "192.0.2.2").host("a.b.one.test", 60, "192.0.2.3");
      server.host("app", 60, "192.0.2.66").host("a.b", 60, "192.0.2.4");
      DnsSource source = source("search one.test two.test\noptions ndots:1\n", "", server);
      assertThat(lookup(flavour, source, "app")).isEqualTo(found(60, "192.0.2.2"));
      assertThat(server.asked.all())
          .containsExactlyInAnyOrder(
              "A app.one.test", "AAAA app.one.test", "A app.two.test", "AAAA app.two.test");
      assertThat(lookup(flavour, source, "a.b")).isEqualTo(found(60, "192.0.2.4"));
      assertThat(lookup(flavour, source, "app.")).isEqualTo(found(60, "192.0.2.66"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void believesTheHostsFileFirst(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.host("app.test", 60, "192.0.2.1");
      DnsSource source = source("", "10.1.1.1 App.test alias # ours\n::5 app.test\n", server);
      assertThat(lookup(flavour, source, "app.test")).isEqualTo(found(5, "10.1.1.1", "::5"));
      assertThat(lookup(flavour, source, "alias")).isEqualTo(found(5, "10.1.1.1"));
      assertThat(lookup(flavour, source, "localhost")).isEqualTo(found(5, "::1", "127.0.0.1"));
      assertThat(server.asked.all()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void asksEachQuestionFromAPortOfItsOwn(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer();
        LoopRig rig = LoopRig.start(flavour)) {
      DnsSource source = source("", "", server);
      assertThat(rig.<NameAnswer>call(thread -> source.lookup(thread, "warm.test")))
          .isInstanceOf(NameAnswer.Missing.class);
      Leaks leaks = Leaks.baseline();
      for (int i = 0; i < 20; i++) {
        String name = "n" + i + ".test";
        assertThat(rig.<NameAnswer>call(thread -> source.lookup(thread, name)))
            .isInstanceOf(NameAnswer.Missing.class);
      }
      assertThat(server.sources()).hasSizeGreaterThan(10);
      leaks.assertNone();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResolverAsksTheServersOfTheConfiguration(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer();
        LoopRig rig = LoopRig.start(flavour)) {
      server.host("app.resolver.test", 60, "192.0.2.1");
      ResolverConf conf = ResolverConf.builder().servers(List.of(server.address())).build();
      Resolver resolver = Resolver.dns(conf);
      for (int i = 0; i < 3; i++) {
        assertThat(
                rig.<List<InetAddress>>call(
                    thread -> resolver.resolve(thread, "app.resolver.test", RequestThread.NEVER)))
            .containsExactly(InetAddress.ofLiteral("192.0.2.1"));
      }
      assertThat(server.asked.all()).filteredOn("A app.resolver.test"::equals).hasSize(1);
    }
  }

  // --- services ---

  private static Services services(Flavour flavour, DnsSource source, String name)
      throws Exception {
    try (LoopRig rig = LoopRig.start(flavour)) {
      return rig.call(thread -> source.services(thread, name));
    }
  }

  private static final String SERVICE = "_http._tcp.app.test";

  @ParameterizedTest
  @EnumSource
  void findsTheServersOfAService(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server
          .service(SERVICE, 60, 1, 5, 8080, "one.test", false)
          .service(SERVICE, 20, 2, 0, 65_535, "", true); // a compressed name
      assertThat(services(flavour, source("", "", server), SERVICE))
          .isEqualTo(
              new Services(
                  List.of(
                      new ServiceRecord(1, 5, 8080, "one.test"),
                      new ServiceRecord(2, 0, 65_535, SERVICE)),
                  Duration.ofSeconds(20)));
    }
  }

  /// RFC 2181 §8.
  @ParameterizedTest
  @EnumSource
  void timesToLiveWithTheirHighestBitSetAreNone(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.service(SERVICE, -1, 1, 5, 80, "one.test", false);
      assertThat(services(flavour, source("", "", server), SERVICE).ttl()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void searchesServicesInTheDomainsToo(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server.service(SERVICE, 60, 1, 5, 80, "one.test", false);
      DnsSource source = source("search test\n", "", server);
      assertThat(services(flavour, source, "_http._tcp.app").records()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nonsenseNamesNoServer(Flavour flavour) throws Exception {
    try (NameServer server = new NameServer()) {
      server
          .record(SERVICE, NameServer.SRV, 60)
          .record(SERVICE, NameServer.SRV, 60, (byte) 0, (byte) 1, (byte) 0)
          .record(SERVICE, NameServer.SRV, 60, new byte[] {0, 1, 0, 1, 0, 80, 9, 'x'})
          .record(SERVICE, NameServer.SRV, 60, new byte[] {0, 1, 0, 1, 0, 80, (byte) 0xc0})
          .service(SERVICE, 60, 0, 0, 80, ".", false)
          .service(SERVICE, 60, 0, 0, 0, "portless.test", false);
      DnsSource source = source("", "", server);
      assertThatThrownBy(() -> services(flavour, source, SERVICE))
          .isInstanceOfSatisfying(
              ProxyException.class,
              e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONNECT_NO_ROUTE));
      server.fail("SRV broken.test", NameServer.SERVFAIL);
      assertThatThrownBy(() -> services(flavour, source, "broken.test"))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONNECT_ERROR));
    }
  }
}
