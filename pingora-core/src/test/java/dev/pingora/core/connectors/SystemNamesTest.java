// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The system's files, well-formed and not.
@SuppressWarnings("StringConcatToTextBlock") // exact bytes
class SystemNamesTest {
  @TempDir Path etc;

  private SystemNames read(String resolvConf, String hosts) throws Exception {
    Files.writeString(etc.resolve("resolv.conf"), resolvConf);
    Files.writeString(etc.resolve("hosts"), hosts);
    return SystemNames.read(etc.resolve("resolv.conf"), etc.resolve("hosts"), null);
  }

  private static InetSocketAddress server(String literal) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), 53);
  }

  @Test
  void readsWhatTheResolverNeeds() throws Exception {
    SystemNames names =
        read(
            """
            # comment
            ; comment
            nameserver 192.0.2.1
            nameserver 2001:db8::1
            domain old.test
            search One.test two.test.
            options ndots:2 timeout:3 attempts:4 rotate
            """,
            "");
    assertThat(names.servers()).containsExactly(server("192.0.2.1"), server("2001:db8::1"));
    assertThat(names.search()).containsExactly("one.test", "two.test");
    assertThat(names.ndots()).isEqualTo(2);
    assertThat(names.timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(names.attempts()).isEqualTo(4);
  }

  @Test
  void hasTheDefaultsOfTheCLibrary() {
    SystemNames names = SystemNames.read(etc.resolve("none"), etc.resolve("none"), null);
    assertThat(names.servers()).containsExactly(server("127.0.0.1"));
    assertThat(names.search()).isEmpty();
    assertThat(names.ndots()).isEqualTo(1);
    assertThat(names.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(names.attempts()).isEqualTo(2);
    assertThat(names.hosts()).isEmpty();
  }

  @Test
  void keepsToTheBoundsOfTheCLibrary() throws Exception {
    SystemNames names =
        read(
            "nameserver 192.0.2.1\n".repeat(9)
                + "search a b c d e f g h\n"
                + "options ndots:99 timeout:999 attempts:99\n",
            "");
    assertThat(names.servers()).hasSize(SystemNames.MAX_SERVERS);
    assertThat(names.search()).hasSize(SystemNames.MAX_SEARCH);
    assertThat(names.ndots()).isEqualTo(SystemNames.MAX_NDOTS);
    assertThat(names.timeout()).isEqualTo(Duration.ofSeconds(SystemNames.MAX_TIMEOUT_SECONDS));
    assertThat(names.attempts()).isEqualTo(SystemNames.MAX_ATTEMPTS);
  }

  @Test
  void passesOverWhatIsMalformed() throws Exception {
    SystemNames names =
        read(
            "nameserver\nnameserver dns.test\nnameserver 192.0.2.1 # ours\nsearch\n"
                + "options timeout:x ndots:\noptions\nsearch a..b ok.test\n\0\u00ff\n",
            "10.0.0.1\nno-address a\n10.0.0.2 a.test\n10.0.0.999 b.test\n\n#\n10.0.0.3\tc #d\n");
    assertThat(names.servers()).containsExactly(server("192.0.2.1"));
    assertThat(names.search()).containsExactly("ok.test");
    assertThat(names.timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(names.ndots()).isZero();
    assertThat(names.hosts()).containsOnlyKeys("a.test", "c");
  }

  @Test
  void knowsWhichNamesToTry() throws Exception {
    SystemNames names = read("search one.test two.test\noptions ndots:2\n", "");
    assertThat(names.candidates("a")).containsExactly("a.one.test", "a.two.test", "a");
    assertThat(names.candidates("a.b")).containsExactly("a.b.one.test", "a.b.two.test", "a.b");
    assertThat(names.candidates("a.b.c"))
        .containsExactly("a.b.c", "a.b.c.one.test", "a.b.c.two.test");
    assertThat(names.candidates("a.")).containsExactly("a");
    String longest = ("x".repeat(49) + ".").repeat(4) + "x".repeat(49);
    assertThat(names.candidates(longest)).as("too long with a domain").hasSize(1);
  }

  @Test
  void readsFilesAgainOnlyWhenTheyChanged() throws Exception {
    Path resolvConf = etc.resolve("resolv.conf");
    Path hosts = etc.resolve("hosts");
    SystemNames first = read("", "10.0.0.1 a\n");
    assertThat(SystemNames.read(resolvConf, hosts, first)).isSameAs(first);
    Files.writeString(hosts, "10.0.0.11 a\n");
    SystemNames second = SystemNames.read(resolvConf, hosts, first);
    assertThat(second.hosts()).containsEntry("a", List.of(InetAddress.ofLiteral("10.0.0.11")));
    Files.delete(hosts);
    assertThat(SystemNames.read(resolvConf, hosts, second).hosts()).isEmpty();
  }
}
