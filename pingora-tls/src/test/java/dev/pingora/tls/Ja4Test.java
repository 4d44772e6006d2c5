// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The example of FoxIO's description, and the odd cases it names.
final class Ja4Test {
  private static final List<Integer> SUITES =
      List.of(
          0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
          0xc014, 0x009c, 0x009d, 0x002f, 0x0035);
  private static final List<Integer> EXTENSIONS =
      List.of(
          0x5a5a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023,
          0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0xaaaa);
  private static final List<Integer> SCHEMES =
      List.of(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601);

  private static ClientHello hello(
      List<Integer> suites, List<Integer> extensions, List<String> alpn, List<Integer> versions) {
    return new ClientHello(0x0303, suites, extensions, null, alpn, List.of(), SCHEMES, versions);
  }

  @Test
  void namesAClientAsItsInventorsDo() {
    ClientHello chrome =
        hello(SUITES, EXTENSIONS, List.of("h2", "http/1.1"), List.of(0x9a9a, 0x0304, 0x0303));
    assertThat(Ja4.of(chrome)).isEqualTo("t13d1516h2_8daaf6152771_e5627efa2ab1");
  }

  @Test
  void withoutANameOrProtocolsItSaysSo() {
    assertThat(Ja4.of(hello(List.of(0x1301), List.of(0x000a), List.of(), List.of())))
        .startsWith("t12i010100_");
  }

  @Test
  void odd() {
    assertThat(Ja4.of(hello(List.of(), List.of(), List.of(), List.of())))
        .isEqualTo("t12i000000_000000000000_000000000000");
    assertThat(Ja4.of(hello(List.of(), List.of(16), List.of("\u00ab\u00cd"), List.of())))
        .startsWith("t12i0001ad_");
    assertThat(Ja4.of(hello(List.of(), List.of(16), List.of("h"), List.of())))
        .startsWith("t12i0001hh_");
  }

  @Test
  void orderOfSuitesAndExtensionsMeansNothing() {
    ClientHello one = hello(SUITES, EXTENSIONS, List.of("h2"), List.of(0x0304));
    ClientHello other =
        hello(SUITES.reversed(), EXTENSIONS.reversed(), List.of("h2"), List.of(0x0304));
    assertThat(Ja4.of(one)).isEqualTo(Ja4.of(other));
  }
}
