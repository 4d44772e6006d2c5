// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.Certificates;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TrustRoots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Makes X509_STOREs.
///
/// The system's own is read once: OpenSSL's default paths would have it read files in the midst of
/// handshakes, and copies inside of packages look in folders that are not there.
///
/// The lock is taken only where contexts are made, never by a connection.
final class TrustStores {
  /// Bundles of PEM: Debian's kind, Fedora's kind, SUSE, Alpine and macOS.
  private static final List<String> BUNDLES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
          "/etc/ssl/ca-bundle.pem",
          "/etc/ssl/cert.pem");

  private final OpenSsl library;
  private final CryptoCalls crypto;
  private final ReentrantLock lock = new ReentrantLock();
  private long installed;

  TrustStores(OpenSsl library) {
    this.library = library;
    crypto = library.crypto;
  }

  /// {@return a store with a use of its own, for the caller to give away}
  ///
  /// @throws TlsException CONFIGURATION
  long of(TrustRoots roots) throws TlsException {
    return switch (roots) {
      case TrustRoots.Certificates(List<byte[]> certificates) -> store(certificates);
      case TrustRoots.Installed() -> installed();
    };
  }

  private long installed() throws TlsException {
    lock.lock();
    try {
      if (installed == 0) {
        installed = store(installedCertificates());
      }
      crypto.storeUse(installed);
      return installed;
    } finally {
      lock.unlock();
    }
  }

  private long store(List<byte[]> certificates) throws TlsException {
    long store = crypto.newStore();
    for (byte[] der : certificates) {
      long certificate = Encoded.certificate(crypto, der);
      boolean added = certificate != 0 && crypto.storeAdd(store, certificate) == 1;
      crypto.certificateFree(certificate);
      if (!added) {
        crypto.storeFree(store);
        throw ErrorQueue.configuration(library, "a trusted certificate");
      }
    }
    return store;
  }

  /// {@return what the system or, without one, the JDK trusts}
  private static List<byte[]> installedCertificates() throws TlsException {
    for (String name : BUNDLES) {
      Path bundle = Path.of(name);
      if (Files.isReadable(bundle)) {
        return Certificates.der(Certificates.ofPem(text(bundle), name));
      }
    }
    return Certificates.der(jdk());
  }

  private static String text(Path file) throws TlsException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, "cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static List<X509Certificate> jdk() throws TlsException {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null); // that is: cacerts
      List<X509Certificate> all = new ArrayList<>();
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          all.addAll(List.of(x509.getAcceptedIssuers()));
        }
      }
      return all;
    } catch (GeneralSecurityException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          "the JDK's trusted certificates: " + e.getMessage(),
          e);
    }
  }
}
