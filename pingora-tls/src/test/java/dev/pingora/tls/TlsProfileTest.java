// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TlsProfileTest {
  @Test
  void isWhatMozillaRecommends() {
    assertThat(TlsProfile.MODERN.suites(TlsVersion.TLS_1_2)).isEmpty();
    assertThat(TlsProfile.MODERN.suites(TlsVersion.TLS_1_3)).hasSize(3);
    assertThat(TlsProfile.INTERMEDIATE.suites(TlsVersion.TLS_1_2).stream().map(s -> s.openssl()))
        .containsExactly(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-RSA-CHACHA20-POLY1305");
    assertThat(TlsProfile.INTERMEDIATE.groups()).startsWith(NamedGroup.X25519MLKEM768);
    assertThat(TlsProfile.INTERMEDIATE_5_7.groups()).doesNotContain(NamedGroup.X25519MLKEM768);
  }

  @Test
  void refusesWhatCannotBeSpoken() {
    assertThatThrownBy(() -> TlsProfile.MODERN.withVersions(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2))
        .hasMessageContaining("the older first");
    assertThatThrownBy(() -> TlsProfile.MODERN.withVersions(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3))
        .hasMessageContaining("none of TLSv1.2");
    assertThatThrownBy(() -> TlsProfile.MODERN.withGroups(List.of()))
        .hasMessageContaining("key exchange groups");
  }

  @Test
  void namesAreFoundInAllSpellings() {
    assertThat(NamedGroup.named("P-256")).contains(NamedGroup.SECP256R1);
    assertThat(NamedGroup.named("x25519mlkem768")).contains(NamedGroup.X25519MLKEM768);
    assertThat(NamedGroup.named("secp192r1")).isEmpty();
    assertThat(CipherSuite.named("ECDHE-RSA-AES128-GCM-SHA256"))
        .contains(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
    assertThat(CipherSuite.of(0x1301)).contains(CipherSuite.TLS_AES_128_GCM_SHA256);
    assertThat(CipherSuite.of(0x0005)).isEmpty();
  }

  @Test
  void ticketKeysRotateAndStayBounded() {
    TicketKeys keys = TicketKeys.random();
    TicketKeys.Key first = keys.keys().getFirst();
    for (int i = 1; i < TicketKeys.MAX_KEYS; i++) {
      keys.rotate();
      assertThat(keys.keys()).hasSize(i + 1).last().isSameAs(first);
    }
    keys.rotate();
    assertThat(keys.keys()).hasSize(TicketKeys.MAX_KEYS).doesNotContain(first);
    int version = keys.version();
    keys.replaceIfOther(new ArrayList<>(keys.keys()));
    assertThat(keys.version()).isEqualTo(version);
    keys.replaceIfOther(List.of(first));
    assertThat(keys.version()).isEqualTo(version + 1);
    assertThatThrownBy(() -> new TicketKeys.Key(new byte[79])).hasMessageContaining("80");
    assertThatThrownBy(() -> TicketKeys.of(List.of())).hasMessageContaining("1 to 4");
  }

  @Test
  void protocolNamesAreThoseOfTheWire() {
    assertThat(ProtocolNames.wire(List.of("h2", "http/1.1")))
        .isEqualTo("\u0002h2\u0008http/1.1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> ProtocolNames.checked(List.of(""))).hasMessageContaining("1 to 255");
    assertThatThrownBy(() -> ProtocolNames.checked(List.of("a".repeat(256))))
        .hasMessageContaining("1 to 255");
  }
}
