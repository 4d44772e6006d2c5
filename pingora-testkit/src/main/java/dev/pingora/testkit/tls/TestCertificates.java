// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.testkit.tls.CertificateOrder.Issuer;
import dev.pingora.testkit.tls.CertificateOrder.Validity;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TrustRoots;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Certificates for tests: a trusted root with an intermediate, a root that nobody trusts, and
/// leaves of each kind. Made on first use, kept for the process; valid from a day ago for 90 days.
///
/// Good servers are called [#NAME], anything under [#WILDCARD], [#IPV4] and [#IPV6].
public final class TestCertificates {
  /// The DNS name of the good server.
  public static final String NAME = "origin.example";

  /// Also a name of the good server.
  public static final String WILDCARD = "*.wild.example";

  /// Also a name of the good server, in its iPAddress entries.
  public static final String IPV4 = "192.0.2.7";

  /// Also a name of the good server, in its iPAddress entries.
  public static final String IPV6 = "2001:db8::7";

  private static final Map<CertificateOrder, CertKey> MADE = new ConcurrentHashMap<>();

  private TestCertificates() {}

  static CertKey make(CertificateOrder order) {
    // Not computeIfAbsent: making one may ask for another.
    CertKey known = MADE.get(order);
    if (known == null) {
      MADE.putIfAbsent(order, CertificateAuthority.issue(order));
      known = MADE.get(order);
    }
    return known;
  }

  private static CertificateOrder order(KeyType key) {
    return CertificateOrder.server(key, NAME, WILDCARD, IPV4, IPV6);
  }

  /// {@return a good server certificate, its chain with the intermediate}
  public static CertKey server(KeyType key) {
    return make(order(key));
  }

  /// {@return a good server certificate of EC P-256}
  public static CertKey server() {
    return server(KeyType.EC_P256);
  }

  /// {@return a good client certificate, its chain with the intermediate}
  public static CertKey client(KeyType key) {
    return make(CertificateOrder.client(key));
  }

  /// {@return a good client certificate of EC P-256}
  public static CertKey client() {
    return client(KeyType.EC_P256);
  }

  /// {@return one for the good names that ended yesterday}
  public static CertKey expired() {
    return make(order(KeyType.EC_P256).withValidity(Validity.EXPIRED));
  }

  /// {@return one for the good names that begins in a month}
  public static CertKey notYetValid() {
    return make(order(KeyType.EC_P256).withValidity(Validity.FUTURE));
  }

  /// {@return one for `other.example` only}
  public static CertKey wrongName() {
    return make(CertificateOrder.server(KeyType.EC_P256, "other.example"));
  }

  /// {@return one for the good names, signed by itself, CA:FALSE}
  public static CertKey selfSigned() {
    return make(order(KeyType.EC_P256).withIssuer(Issuer.SELF));
  }

  /// {@return a good one whose chain lacks the intermediate}
  public static CertKey missingIntermediate() {
    return make(order(KeyType.EC_P256).withoutIntermediate());
  }

  /// {@return one for the good names, of a root that nobody trusts}
  public static CertKey otherAuthority() {
    return make(order(KeyType.EC_P256).withIssuer(Issuer.OTHER_ROOT));
  }

  /// {@return one whose only name is the common name}
  public static CertKey commonNameOnly() {
    return make(CertificateOrder.server(KeyType.EC_P256).withCommonName(NAME));
  }

  /// {@return a client certificate of a root that nobody trusts}
  public static CertKey otherClient() {
    return make(CertificateOrder.client(KeyType.EC_P256).withIssuer(Issuer.OTHER_ROOT));
  }

  /// {@return a client certificate that ended yesterday}
  public static CertKey expiredClient() {
    return make(CertificateOrder.client(KeyType.EC_P256).withValidity(Validity.EXPIRED));
  }

  /// {@return the trusted root}
  public static X509Certificate root() {
    return CertificateAuthority.ROOT.certificate();
  }

  /// {@return the intermediate of the trusted root}
  public static X509Certificate intermediate() {
    return CertificateAuthority.INTERMEDIATE.certificate();
  }

  /// {@return trust in the root alone}
  public static TrustRoots roots() {
    return trust(root());
  }

  /// {@return trust in the other root alone}
  public static TrustRoots otherRoots() {
    return trust(CertificateAuthority.OTHER.certificate());
  }

  /// {@return trust in these}
  public static TrustRoots trust(X509Certificate... certificates) {
    return TrustRoots.of(List.of(certificates).stream().map(TestCertificates::der).toList());
  }

  /// {@return PEM of a chain}
  public static String chainPem(CertKey key) {
    return pem(key.chain());
  }

  /// {@return PEM of certificates}
  public static String pem(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      text.append(pem("CERTIFICATE", der(certificate)));
    }
    return text.toString();
  }

  /// {@return PEM of the private key, PKCS #8}
  public static String keyPem(CertKey key) {
    return pem("PRIVATE KEY", key.pkcs8());
  }

  private static String pem(String label, byte[] content) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return dev.pingora.tls.Certificates.der(List.of(certificate)).getFirst();
    } catch (TlsException e) {
      throw new AssertionError(e);
    }
  }
}
