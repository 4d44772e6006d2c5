// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A certificate chain and the private key of its first certificate, known to fit each other.
///
/// Immutable. The key never appears in [#toString].
public final class CertKey {
  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final KeyType type;
  private final byte @Nullable [] ocsp;
  private final List<String> warnings;

  private CertKey(
      List<X509Certificate> chain,
      PrivateKey key,
      KeyType type,
      byte @Nullable [] ocsp,
      List<String> warnings) {
    this.chain = chain;
    this.key = key;
    this.type = type;
    this.ocsp = ocsp;
    this.warnings = warnings;
  }

  /// {@return the pair of two PEM files, which may be one and the same} The certificates may come
  /// in any order.
  ///
  /// @throws TlsException CONFIGURATION, naming the file and what is wrong with it
  public static CertKey fromPem(Path certificates, Path key) throws TlsException {
    return fromPem(certificates, key, null);
  }

  /// {@return as [#fromPem(Path, Path)], with the password of an encrypted key}
  public static CertKey fromPem(Path certificates, Path key, char @Nullable [] password)
      throws TlsException {
    List<X509Certificate> chain = Certificates.ofPem(text(certificates), certificates.toString());
    PrivateKey own = PrivateKeyFile.read(text(key), key.toString(), password);
    String both = certificates + " and " + key;
    return of(chain, own, both, both);
  }

  /// {@return the pair of two PEM texts}
  public static CertKey fromPem(String certificates, String key) throws TlsException {
    String both = "certificate and key";
    return of(
        Certificates.ofPem(certificates, "certificate"),
        PrivateKeyFile.read(key, "key", null),
        both,
        both);
  }

  /// {@return the pair}
  ///
  /// @param certificates that of the key and those of its issuers, in any order
  /// @param key may be one that a security provider of the JDK keeps elsewhere, see [#isRemote];
  ///   then it has to sign once, which may block
  /// @param place how messages call them
  /// @throws TlsException CONFIGURATION when none of the certificates is the key's, or the key
  ///   could not sign
  public static CertKey of(List<X509Certificate> certificates, PrivateKey key, String place)
      throws TlsException {
    return of(certificates, key, place, place + ": certificate and key");
  }

  /// @param both how messages call certificate and key together
  private static CertKey of(
      List<X509Certificate> certificates, PrivateKey key, String place, String both)
      throws TlsException {
    @Nullable Throwable failure = null;
    for (X509Certificate certificate : candidates(certificates, key)) {
      CertificateChain chain = CertificateChain.from(certificate, certificates);
      KeyType type = PrivateKeyFile.type(certificate.getPublicKey());
      CertKey pair = new CertKey(chain.certificates(), key, type, null, chain.warnings());
      RemoteSigning.Proof proof = RemoteSigning.proof(pair);
      if (proof.given()) {
        return pair;
      }
      failure = failure == null ? proof.failure() : failure;
    }
    throw failure == null
        ? TlsException.of(
            TlsException.Reason.CONFIGURATION,
            both + " do not fit each other: no certificate is for this key")
        : TlsException.of(
            TlsException.Reason.CONFIGURATION,
            place + ": the key could not sign: " + RemoteSigning.why(failure),
            failure);
  }

  /// {@return those that are for keys of this kind} What a device is asked for beyond its keys it
  /// may answer by a failure.
  ///
  /// @throws TlsException CONFIGURATION for kinds that TLS has no use for
  private static List<X509Certificate> candidates(
      List<X509Certificate> certificates, PrivateKey key) throws TlsException {
    PrivateKeyFile.requireUsable(key);
    return certificates.stream()
        .filter(certificate -> PrivateKeyFile.alike(certificate.getPublicKey(), key))
        .toList();
  }

  private static String text(Path file) throws TlsException {
    return new String(TlsFile.read(file), StandardCharsets.ISO_8859_1);
  }

  /// {@return the same with an OCSP response to staple}
  ///
  /// @param response DER (RFC 6960); null for none
  public CertKey withOcsp(byte @Nullable [] response) {
    return new CertKey(chain, key, type, response == null ? null : response.clone(), warnings);
  }

  /// {@return the certificates, the key's own first, each issued by the next, without the root}
  public List<X509Certificate> chain() {
    return chain;
  }

  /// {@return DER of the chain}
  public List<byte[]> chainDer() throws TlsException {
    return Certificates.der(chain);
  }

  /// {@return the key's own certificate}
  public X509Certificate leaf() {
    return chain.getFirst();
  }

  /// {@return the key; handle with care}
  public PrivateKey privateKey() {
    return key;
  }

  /// {@return whether the key cannot be read, only be signed with: it is kept by a device or a
  /// service that a security provider of the JDK speaks with} Signing may then block for long, see
  /// [RemoteSigning].
  public boolean isRemote() {
    return key.getEncoded() == null;
  }

  /// {@return PKCS #8 of the key, a new array that the caller should wipe}
  ///
  /// @throws IllegalStateException when it [#isRemote]
  public byte[] pkcs8() {
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new IllegalStateException("the key of " + this + " cannot be read");
    }
    return encoded;
  }

  /// For providers that need the key itself.
  ///
  /// @param provider its id
  /// @throws TlsException CONFIGURATION when it [#isRemote]
  public void requireLocal(String provider) throws TlsException {
    if (isRemote()) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          provider
              + ": the key of "
              + this
              + " is kept elsewhere (expected: a key that can be read, or another provider)");
    }
  }

  public KeyType type() {
    return type;
  }

  /// {@return the OCSP response to staple, DER; null for none}
  public byte @Nullable [] ocsp() {
    byte[] response = ocsp;
    return response == null ? null : response.clone();
  }

  /// {@return what is odd about the chain, such as a missing intermediate; a line each}
  public List<String> warnings() {
    return warnings;
  }

  /// {@return the names it is for: DNS names in lower case and IP addresses, from the
  /// subjectAltName (RFC 9525 looks nowhere else)}
  public List<String> names() {
    List<String> names = new ArrayList<>();
    try {
      var alternatives = leaf().getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> name : alternatives) {
          if (name.get(0) instanceof Integer kind
              && (kind == 2 || kind == 7)
              && name.get(1) instanceof String text) {
            names.add(text.toLowerCase(java.util.Locale.ROOT));
          }
        }
      }
    } catch (java.security.cert.CertificateParsingException e) {
      return List.of(); // a certificate that names nobody
    }
    return List.copyOf(names);
  }

  @Override
  public String toString() {
    return type + " certificate of " + leaf().getSubjectX500Principal().getName();
  }
}
