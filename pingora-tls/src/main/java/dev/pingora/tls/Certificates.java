// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Reads certificates.
public final class Certificates {
  private Certificates() {}

  /// {@return the certificates of a PEM text, in its order}
  ///
  /// @param source how messages call the text: a file
  /// @throws TlsException CONFIGURATION, naming source and line; also when there is none
  public static List<X509Certificate> ofPem(String pem, String source) throws TlsException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (PemBlock block : PemBlock.read(pem, source)) {
      switch (block.label()) {
        case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" ->
            certificates.add(parse(block.content(), source + ":" + block.line()));
        default -> {} // a key, parameters: files may hold both
      }
    }
    if (certificates.isEmpty()) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          source + ": no certificate (expected: -----BEGIN CERTIFICATE-----)");
    }
    return certificates;
  }

  /// {@return a certificate}
  ///
  /// @param place how messages call it
  /// @throws TlsException CONFIGURATION when it is none
  public static X509Certificate parse(byte[] der, String place) throws TlsException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          place + ": no X.509 certificate: " + e.getMessage(),
          e);
    }
  }

  /// {@return DER of each}
  public static List<byte[]> der(List<X509Certificate> certificates) throws TlsException {
    List<byte[]> all = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      try {
        all.add(certificate.getEncoded());
      } catch (CertificateException e) {
        throw TlsException.of(TlsException.Reason.CONFIGURATION, "a certificate without DER", e);
      }
    }
    return all;
  }
}
