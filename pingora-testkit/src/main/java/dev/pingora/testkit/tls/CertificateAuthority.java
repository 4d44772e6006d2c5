// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.testkit.tls.CertificateOrder.Issuer;
import dev.pingora.testkit.tls.CertificateOrder.Use;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.Certificates;
import dev.pingora.tls.KeyType;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// Signs test certificates. Its keys are EC P-256, which all providers verify.
///
/// @param certificate its own
/// @param issued who issued it; null for a root
record CertificateAuthority(
    KeyPair keys, X509Certificate certificate, @Nullable CertificateAuthority issued) {
  private static final AtomicInteger SERIAL = new AtomicInteger(1000);
  private static final Map<KeyType, KeyPair> LEAF_KEYS = new ConcurrentHashMap<>();

  private static final Duration PAST = Duration.ofDays(1);
  private static final Duration FUTURE = Duration.ofDays(90);

  /// The one that is trusted.
  static final CertificateAuthority ROOT = authority("Test Root", null);

  /// Issued by [#ROOT].
  static final CertificateAuthority INTERMEDIATE = authority("Test Intermediate", ROOT);

  /// One that is not trusted.
  static final CertificateAuthority OTHER = authority("Other Root", null);

  /// One that is not trusted, but called like [#ROOT].
  static final CertificateAuthority IMPOSTOR = authority("Test Root", null);

  private static CertificateAuthority authority(
      String name, @Nullable CertificateAuthority issuer) {
    KeyPair keys = generate(KeyType.EC_P256);
    Instant now = Instant.now();
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer == null ? subject(name) : issuer.certificate.getSubjectX500Principal(),
              BigInteger.valueOf(SERIAL.incrementAndGet()),
              Date.from(now.minus(PAST)),
              Date.from(now.plus(FUTURE)),
              subject(name),
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      identifiers(builder, keys, issuer == null ? keys : issuer.keys);
      KeyPair signer = issuer == null ? keys : issuer.keys;
      return new CertificateAuthority(keys, sign(builder, signer), issuer);
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new AssertionError("no CA " + name, e);
    }
  }

  static CertKey issue(CertificateOrder order) {
    KeyPair keys = LEAF_KEYS.computeIfAbsent(order.key(), CertificateAuthority::generate);
    CertificateAuthority issuer =
        switch (order.issuer()) {
          case INTERMEDIATE -> INTERMEDIATE;
          case ROOT -> ROOT;
          case OTHER_ROOT -> OTHER;
          case IMPOSTOR -> IMPOSTOR;
          case SELF -> null;
        };
    try {
      X509Certificate leaf = leaf(order, keys, issuer);
      List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
      if (order.issuer() == Issuer.INTERMEDIATE && order.intermediateShown()) {
        chain.add(INTERMEDIATE.certificate);
      }
      return CertKey.of(chain, keys.getPrivate(), "test certificate");
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new AssertionError("cannot make " + order, e);
    }
  }

  private static X509Certificate leaf(
      CertificateOrder order, KeyPair keys, @Nullable CertificateAuthority issuer)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    Instant now = Instant.now();
    Instant from =
        switch (order.validity()) {
          case CURRENT -> now.minus(PAST);
          case EXPIRED -> now.minus(FUTURE);
          case FUTURE -> now.plus(Duration.ofDays(30));
        };
    Instant until =
        switch (order.validity()) {
          case CURRENT, FUTURE -> now.plus(FUTURE);
          case EXPIRED -> now.minus(PAST);
        };
    X500Principal subject = subject(order.commonName());
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer == null ? subject : issuer.certificate.getSubjectX500Principal(),
            BigInteger.valueOf(SERIAL.incrementAndGet()),
            Date.from(from),
            Date.from(until),
            subject,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(order.authority()));
    int usage = KeyUsage.digitalSignature | (order.authority() ? KeyUsage.keyCertSign : 0);
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    if (order.use() != Use.ANY) {
      KeyPurposeId purpose =
          order.use() == Use.SERVER ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth;
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    }
    if (!order.names().isEmpty()) {
      builder.addExtension(Extension.subjectAlternativeName, false, names(order.names()));
    }
    KeyPair signer = issuer == null ? keys : issuer.keys;
    identifiers(builder, keys, signer);
    return sign(builder, signer);
  }

  private static GeneralNames names(List<String> names) {
    return new GeneralNames(
        names.stream()
            .map(name -> new GeneralName(isAddress(name) ? 7 : 2, name))
            .toArray(GeneralName[]::new));
  }

  private static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || name.matches("[0-9.]+");
  }

  private static void identifiers(JcaX509v3CertificateBuilder builder, KeyPair own, KeyPair signer)
      throws GeneralSecurityException, IOException {
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        identifiers.createSubjectKeyIdentifier(own.getPublic()));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers.createAuthorityKeyIdentifier(signer.getPublic()));
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair signer)
      throws IOException, OperatorCreationException {
    String algorithm =
        switch (signer.getPrivate().getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA", "Ed25519" -> "Ed25519";
          default ->
              throw new IllegalArgumentException(
                  "cannot sign by " + signer.getPrivate().getAlgorithm());
        };
    var holder = builder.build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()));
    return Certificates.parse(holder.getEncoded(), "test certificate");
  }

  private static X500Principal subject(String name) {
    return new X500Principal("CN=" + name);
  }

  private static KeyPair generate(KeyType type) {
    try {
      return switch (type) {
        case RSA -> rsa("RSA");
        case RSA_PSS -> rsa("RSASSA-PSS");
        case EC_P256 -> curve("secp256r1");
        case EC_P384 -> curve("secp384r1");
        case EC_P521 -> curve("secp521r1");
        case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      };
    } catch (GeneralSecurityException e) {
      throw new AssertionError("no keys of " + type, e);
    }
  }

  private static KeyPair rsa(String algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static KeyPair curve(String name) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(name));
    return generator.generateKeyPair();
  }
}
