// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import java.util.List;

/// What a test certificate shall be like.
///
/// @param commonName of the subject, which nobody should look at
/// @param names the subjectAltName: DNS names and IP addresses as text; empty = no such extension
/// @param intermediateShown whether the chain carries the intermediate
/// @param authority whether it says CA:TRUE, as `openssl req -x509` makes them
public record CertificateOrder(
    KeyType key,
    String commonName,
    List<String> names,
    Use use,
    Issuer issuer,
    Validity validity,
    boolean intermediateShown,
    boolean authority) {
  /// The extended key usage.
  public enum Use {
    SERVER,
    CLIENT,
    /// None is named, so any is fine.
    ANY
  }

  /// Who signs.
  public enum Issuer {
    /// The intermediate of the trusted root.
    INTERMEDIATE,
    /// The trusted root itself.
    ROOT,
    /// A root that nobody trusts.
    OTHER_ROOT,
    /// A root that nobody trusts, with the name of the trusted one.
    IMPOSTOR,
    /// Itself.
    SELF
  }

  /// From when until when.
  public enum Validity {
    CURRENT,
    EXPIRED,
    FUTURE
  }

  public CertificateOrder {
    names = List.copyOf(names);
  }

  /// {@return a good certificate for a server of these names}
  public static CertificateOrder server(KeyType key, String... names) {
    return new CertificateOrder(
        key,
        "server",
        List.of(names),
        Use.SERVER,
        Issuer.INTERMEDIATE,
        Validity.CURRENT,
        true,
        false);
  }

  /// {@return a good certificate for a client}
  public static CertificateOrder client(KeyType key) {
    return server(key, "client.example").withUse(Use.CLIENT).withCommonName("client");
  }

  /// {@return the certificate with its key} Each order is made once per process.
  public CertKey make() {
    return TestCertificates.make(this);
  }

  /// {@return the same with another common name}
  public CertificateOrder withCommonName(String own) {
    return new CertificateOrder(
        key, own, names, use, issuer, validity, intermediateShown, authority);
  }

  /// {@return the same with other names}
  public CertificateOrder withNames(String... own) {
    return new CertificateOrder(
        key, commonName, List.of(own), use, issuer, validity, intermediateShown, authority);
  }

  /// {@return the same for another use}
  public CertificateOrder withUse(Use own) {
    return new CertificateOrder(
        key, commonName, names, own, issuer, validity, intermediateShown, authority);
  }

  /// {@return the same from another issuer}
  public CertificateOrder withIssuer(Issuer own) {
    return new CertificateOrder(
        key, commonName, names, use, own, validity, intermediateShown, authority);
  }

  /// {@return the same at another time}
  public CertificateOrder withValidity(Validity own) {
    return new CertificateOrder(
        key, commonName, names, use, issuer, own, intermediateShown, authority);
  }

  /// {@return the same without the intermediate in its chain}
  public CertificateOrder withoutIntermediate() {
    return new CertificateOrder(key, commonName, names, use, issuer, validity, false, authority);
  }

  /// {@return the same, saying that it is a CA}
  public CertificateOrder asAuthority() {
    return new CertificateOrder(
        key, commonName, names, use, issuer, validity, intermediateShown, true);
  }
}
