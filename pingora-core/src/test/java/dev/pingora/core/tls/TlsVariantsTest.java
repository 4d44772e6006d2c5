// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.upstreams.TlsOptions;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.S2nTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Every variant of settings and options differs in what it is named after, and keeps the rest.
final class TlsVariantsTest {
  /// All different from the defaults.
  private static TlsSettings settings() {
    TlsCallbacks callbacks = new TlsCallbacks() {};
    return TlsSettings.of(TestCertificates.server())
        .withProvider("jsse")
        .withProfile(TlsProfile.MODERN)
        .withAlpn(List.of("a"), true)
        .withClientAuth(ClientAuth.OPTIONAL, TestCertificates.roots())
        .withTickets(TicketKeys.random())
        .withKeyLog(_ -> {})
        .withHandshakeTimeout(Duration.ofSeconds(1))
        .withOffload(true)
        .withCallbacks(callbacks)
        .withHandshakesPerSecond(9)
        .withNativeSettings(_ -> {});
  }

  private static TlsOptions options() {
    return TlsOptions.DEFAULT
        .withProvider("jsse")
        .withVerify(Verify.CHAIN)
        .withRoots(TestCertificates.roots())
        .withAlternativeCn("a")
        .withProfile(TlsProfile.MODERN)
        .withSecondKeyshare(false)
        .withResumption(7)
        .withKeyLog(_ -> {})
        .withS2n(S2nTls.NOTHING)
        .withNativeSettings(_ -> {});
  }

  @Test
  void settingsChangeInOneOption() throws Exception {
    TlsSettings all = settings();
    Map<String, TlsSettings> variants = new LinkedHashMap<>();
    variants.put("provider", all.withProvider("other"));
    variants.put("profile", all.withProfile(TlsProfile.INTERMEDIATE));
    variants.put("alpn", all.withAlpn(List.of(), true));
    variants.put("alpnRequired", all.withAlpn(List.of("a"), false));
    variants.put("clientAuth", all.withClientAuth(ClientAuth.REQUIRED, all.clientRoots()));
    variants.put("clientRoots", all.withClientAuth(ClientAuth.OPTIONAL, null));
    variants.put("tickets", all.withTickets(null));
    variants.put("keyLog", all.withKeyLog(null));
    variants.put("handshakeTimeout", all.withHandshakeTimeout(Duration.ZERO));
    variants.put("offloaded", all.withOffload(false));
    variants.put("callbacks", all.withCallbacks(null));
    variants.put("handshakesPerSecond", all.withHandshakesPerSecond(0));
    variants.put("nativeSettings", all.withNativeSettings(null));
    assertVariants(all, variants, Set.of("certificates"));
    assertThat(differences(TlsSettings.of(all.certificates()), all))
        .containsExactlyInAnyOrderElementsOf(variants.keySet());
    assertThat(all.enableH2().alpn()).containsExactly("h2", "http/1.1");
  }

  @Test
  void optionsChangeInOneOption() throws Exception {
    TlsOptions all = options();
    Map<String, TlsOptions> variants = new LinkedHashMap<>();
    variants.put("provider", all.withProvider("other"));
    variants.put("verify", all.withVerify(Verify.NONE));
    variants.put("roots", all.withRoots(TlsOptions.DEFAULT.roots()));
    variants.put("alternativeCn", all.withAlternativeCn(null));
    variants.put("profile", all.withProfile(TlsProfile.INTERMEDIATE));
    variants.put("secondKeyshare", all.withSecondKeyshare(true));
    variants.put("resumption", all.withResumption(0));
    variants.put("keyLog", all.withKeyLog(null));
    variants.put("s2n", all.withS2n(null));
    variants.put("nativeSettings", all.withNativeSettings(null));
    assertVariants(all, variants, Set.of());
    assertThat(differences(TlsOptions.DEFAULT, all))
        .containsExactlyInAnyOrderElementsOf(variants.keySet());
  }

  @Test
  void profilesOfOptionsChangeInParts() {
    TlsOptions all = options().withProfile(TlsProfile.INTERMEDIATE);
    assertThat(all.withCurves(List.of(NamedGroup.SECP256R1)).profile().groups())
        .containsExactly(NamedGroup.SECP256R1);
    assertThat(
            options()
                .withCiphers(List.of(CipherSuite.TLS_AES_128_GCM_SHA256))
                .profile()
                .suites(TlsVersion.TLS_1_3))
        .containsExactly(CipherSuite.TLS_AES_128_GCM_SHA256);
  }

  private static void assertVariants(
      Record all, Map<String, ? extends Record> variants, Set<String> unchanging) throws Exception {
    Set<String> options = new TreeSet<>(variants.keySet());
    options.addAll(unchanging);
    assertThat(options).containsExactlyInAnyOrderElementsOf(names(all));
    for (Map.Entry<String, ? extends Record> variant : variants.entrySet()) {
      assertThat(differences(all, variant.getValue()))
          .as(variant.getKey())
          .containsExactly(variant.getKey());
    }
  }

  private static List<String> names(Record record) {
    List<String> names = new ArrayList<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      names.add(component.getName());
    }
    return names;
  }

  private static List<String> differences(Record one, Record other) throws Exception {
    List<String> different = new ArrayList<>();
    for (RecordComponent component : one.getClass().getRecordComponents()) {
      if (!Objects.equals(
          component.getAccessor().invoke(one), component.getAccessor().invoke(other))) {
        different.add(component.getName());
      }
    }
    return different;
  }
}
