// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.S2nTls;
import dev.pingora.tls.S2nTls.PresharedKey;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsProviders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What only s2n-tls has.
final class S2nTlsTest {
  private static S2nTls psk(String secret) {
    return S2nTls.NOTHING.withPsk(
        new PresharedKey(
            "client".getBytes(StandardCharsets.US_ASCII),
            secret.getBytes(StandardCharsets.US_ASCII),
            PresharedKey.Hmac.SHA256));
  }

  @Test
  void othersRefuseIt() throws Exception {
    for (String other : new String[] {"jsse", "openssl"}) {
      var provider = TlsProviders.installed().find(other);
      assertThatThrownBy(() -> provider.client(Ends.client().withS2n(psk("0123456789abcdef"))))
          .isInstanceOfSatisfying(
              TlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION))
          .hasMessageStartingWith(other + ": psk");
      assertThat(provider.client(Ends.client().withS2n(S2nTls.NOTHING))).isNotNull();
    }
  }

  @Test
  void aPolicyIsAskedForByName() throws Exception {
    var named = Ends.client().withS2n(S2nTls.NOTHING.withSecurityPolicy("20240501"));
    try (TlsPair pair = Ends.pair(named, Ends.server()).handshake()) {
      assertThat(pair.client().session().digest().version().toString()).isEqualTo("TLSv1.2");
    }
    assertThatThrownBy(() ->
            Ends.context(Ends.client().withS2n(S2nTls.NOTHING.withSecurityPolicy("no such thing"))))
        .isInstanceOf(TlsException.class)
        .hasMessageStartingWith("s2n: security policy no such thing: ");
  }

  @Test
  void aServerThatKnowsNoPresharedKeyShowsItsCertificate() throws Exception {
    var config = Ends.client().withS2n(psk("0123456789abcdef"));
    try (TlsPair pair = Ends.pair(config, Ends.server()).handshake()) {
      assertThat(pair.client().session().digest().peerChain()).hasSize(2);
    }
  }

  @Test
  void blindingIsAsLongAsAskedFor() throws Exception {
    assertThat(hold(null)).isZero();
    assertThat(hold(Duration.ZERO)).isZero();
    assertThat(hold(Duration.ofSeconds(3)))
        .isBetween(Duration.ofMillis(900).toNanos(), Duration.ofSeconds(3).toNanos());
  }

  private static long hold(@Nullable Duration delay) throws TlsException {
    var config = Ends.client().withS2n(S2nTls.NOTHING.withMaxBlindingDelay(delay));
    var server = Ends.server().withCertificate(TestCertificates.otherAuthority());
    try (TlsPair pair = Ends.pair(config, server).pump()) {
      TlsException failure = pair.client().failure();
      assertThat(failure).isNotNull();
      assertThat(failure.reason()).isEqualTo(Reason.BAD_CERTIFICATE);
      boolean silent = failure.holdNanos() > 0;
      assertThat(pair.server().failure() == null).isEqualTo(silent);
      return failure.holdNanos();
    }
  }

  @Test
  void badValuesAreRefused() {
    assertThatThrownBy(() -> S2nTls.NOTHING.withMaxBlindingDelay(Duration.ofMillis(1500)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("maxBlindingDelay: PT1.5S");
    assertThatThrownBy(() -> psk("short"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("secret: 5 octets (expected: 16 to 65535)");
    assertThat(psk("0123456789abcdef").toString()).doesNotContain("0123", "48");
  }
}
