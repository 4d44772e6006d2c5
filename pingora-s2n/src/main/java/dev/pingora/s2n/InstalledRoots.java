// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.tls.Certificates;
import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Whom this system trusts: the bundle of its distribution or, without one, what the JDK brings.
final class InstalledRoots {
  /// Debian, Ubuntu, Alpine; Fedora, RHEL; older RHEL; SUSE; the BSDs and macOS.
  private static final List<String> BUNDLES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/ssl/cert.pem");

  private InstalledRoots() {}

  /// {@return DER of each}
  static List<byte[]> read() throws TlsException {
    for (String name : BUNDLES) {
      Path bundle = Path.of(name);
      if (Files.isReadable(bundle)) {
        return Certificates.der(Certificates.ofPem(text(bundle), name));
      }
    }
    return Certificates.der(ofJdk());
  }

  private static String text(Path bundle) throws TlsException {
    try {
      return Files.readString(bundle, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, "cannot read " + bundle + ": " + e.getMessage(), e);
    }
  }

  static List<X509Certificate> ofJdk() throws TlsException {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      @Nullable KeyStore whatever = null;
      factory.init(whatever);
      List<X509Certificate> roots = new ArrayList<>();
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          roots.addAll(List.of(x509.getAcceptedIssuers()));
        }
      }
      return roots;
    } catch (GeneralSecurityException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, "the JDK's trusted certificates: " + e, e);
    }
  }
}
