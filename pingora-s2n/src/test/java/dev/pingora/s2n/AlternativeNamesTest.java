// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AlternativeNamesTest {
  private static final byte[] NONE = {};

  static Stream<X509Certificate> certificates() {
    Stream<X509Certificate> servers =
        Stream.of(KeyType.EC_P256, KeyType.EC_P521, KeyType.RSA)
            .map(type -> leaf(TestCertificates.server(type)));
    return Stream.concat(
        servers,
        Stream.of(
            TestCertificates.root(),
            TestCertificates.intermediate(),
            leaf(TestCertificates.client()),
            leaf(TestCertificates.wrongName()),
            leaf(TestCertificates.commonNameOnly())));
  }

  private static X509Certificate leaf(CertKey key) {
    return key.chain().getFirst();
  }

  /// The JDK gives the value with the header of the octet string around it.
  private static byte[] byTheJdk(X509Certificate certificate) {
    byte[] value = certificate.getExtensionValue("2.5.29.17");
    return value == null
        ? NONE
        : Objects.requireNonNull(Element.at(value, 0, value.length, Element.OCTET_STRING))
            .content(value);
  }

  @ParameterizedTest
  @MethodSource("certificates")
  void findsWhatTheJdkFinds(X509Certificate certificate) throws Exception {
    assertThat(AlternativeNames.of(certificate.getEncoded())).isEqualTo(byTheJdk(certificate));
  }

  @Test
  void findsNoneOfTwo() throws Exception {
    byte[] names = byTheJdk(leaf(TestCertificates.server()));
    byte[] one = element(0x30, join(element(6, 0x55, 0x1d, 0x11), element(4, names)));
    byte[] critical =
        element(0x30, join(element(6, 0x55, 0x1d, 0x11), element(1, -1), element(4, names)));
    byte[] other = element(0x30, join(element(6, 0x55, 0x1d, 0x12), element(4, names)));
    assertThat(AlternativeNames.of(certificate(one))).isEqualTo(names);
    assertThat(AlternativeNames.of(certificate(other, critical))).isEqualTo(names);
    assertThat(AlternativeNames.of(certificate(other))).isEmpty();
    assertThat(AlternativeNames.of(certificate(one, critical))).isEmpty();
  }

  /// Serial number, then extensions: what lies between is skipped unread.
  private static byte[] certificate(byte[]... extensions) {
    byte[] list = element(0xa3, element(0x30, join(extensions)));
    return element(0x30, join(element(0x30, join(element(2, 1), list)), element(3, 0)));
  }

  private static byte[] element(int tag, int... content) {
    byte[] octets = new byte[content.length];
    for (int i = 0; i < content.length; i++) {
      octets[i] = (byte) content[i];
    }
    return element(tag, octets);
  }

  private static byte[] element(int tag, byte[] content) {
    byte[] head = {(byte) tag, (byte) 0x82, (byte) (content.length >> 8), (byte) content.length};
    return join(head, content);
  }

  private static byte[] join(byte[]... parts) {
    byte[] all = NONE;
    for (byte[] part : parts) {
      int length = all.length;
      all = Arrays.copyOf(all, length + part.length);
      System.arraycopy(part, 0, all, length, part.length);
    }
    return all;
  }

  @Test
  void findsNoneInPieces() throws Exception {
    byte[] whole = leaf(TestCertificates.server()).getEncoded();
    for (int length = 0; length < whole.length; length++) {
      assertThat(AlternativeNames.of(Arrays.copyOf(whole, length))).as("of %s", length).isEmpty();
    }
  }

  /// One octet is another, at any place: it never fails.
  @Test
  void takesGarbage() throws Exception {
    byte[] whole = leaf(TestCertificates.server()).getEncoded();
    int found = 0;
    for (int at = 0; at < whole.length; at++) {
      for (int change : new int[] {0x01, 0x80, 0xff}) {
        byte[] other = whole.clone();
        other[at] ^= (byte) change;
        found += AlternativeNames.of(other).length > 0 ? 1 : 0;
      }
    }
    assertThat(found).as("changes elsewhere").isGreaterThan(whole.length);
  }
}
