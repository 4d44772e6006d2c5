// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProviders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a listener speaks TLS.
///
/// @param provider name of the TLS library, or `auto`
/// @param profile versions, suites, groups
/// @param certificates the first is the default; SNI picks among them
/// @param clientAuth whether clients are asked for certificates
/// @param tickets keys of session tickets
/// @param handshakeTimeout from accept to the end of the handshake; zero = none
/// @param keylog writes secrets to the file that SSLKEYLOGFILE names
/// @param limits what strangers may have spent on handshakes
record TlsConf(
    String provider,
    TlsProfile profile,
    List<Certificate> certificates,
    ClientCertificates clientAuth,
    Tickets tickets,
    Duration handshakeTimeout,
    boolean keylog,
    Limits limits) {

  /// A certificate and its key.
  ///
  /// @param cert PEM file of the chain
  /// @param key PEM file of the private key
  /// @param watch takes new ones when the files change
  /// @param ocsp DER file of a response to staple
  record Certificate(Path cert, Path key, boolean watch, @Nullable Path ocsp) {
    /// Collects a [Certificate]; confined to one thread.
    static final class Builder {
      Path cert = Path.of("cert.pem");
      Path key = Path.of("key.pem");
      boolean watch = true;
      @Nullable Path ocsp;

      Certificate build() {
        return new Certificate(cert, key, watch, ocsp);
      }
    }
  }

  /// Certificates of clients.
  ///
  /// @param ca PEM file of who vouches for them
  record ClientCertificates(ClientAuth mode, @Nullable Path ca) {
    ClientCertificates {
      if (mode != ClientAuth.OFF && ca == null) {
        throw new KeyFault("ca", "is missing", "expected: a PEM file of who vouches for clients");
      }
      if (mode == ClientAuth.OFF && ca != null) { // whoever names one wants clients checked
        throw new KeyFault(
            "ca", "has no effect with mode: off", "expected: mode: optional or required");
      }
    }

    /// Collects [ClientCertificates]; confined to one thread.
    static final class Builder {
      ClientAuth mode = ClientAuth.OFF;
      @Nullable Path ca;

      ClientCertificates build() {
        return new ClientCertificates(mode, ca);
      }
    }
  }

  /// Keys of session tickets.
  ///
  /// @param rotate how long a key seals; zero = for ever
  /// @param keys file of keys shared by several machines; null = keys of this process
  record Tickets(Duration rotate, @Nullable Path keys) {
    /// Collects [Tickets]; confined to one thread.
    static final class Builder {
      Duration rotate = Duration.ofHours(12);
      @Nullable Path keys;

      Tickets build() {
        return new Tickets(rotate, keys);
      }
    }
  }

  /// Bounds on handshakes.
  ///
  /// @param handshakesPerSecond begun at most; 0 = no limit
  record Limits(int handshakesPerSecond) {
    /// Collects [Limits]; confined to one thread.
    static final class Builder {
      int handshakesPerSecond;

      Limits build() {
        return new Limits(handshakesPerSecond);
      }
    }
  }

  TlsConf {
    certificates = List.copyOf(certificates);
  }

  static Builder builder() {
    return new Builder();
  }

  /// Collects a [TlsConf]; confined to one thread.
  static final class Builder {
    String provider = TlsProviders.AUTO;
    TlsProfile profile = TlsProfile.INTERMEDIATE;
    List<Certificate> certificates = List.of();
    ClientCertificates clientAuth = new ClientCertificates.Builder().build();
    Tickets tickets = new Tickets.Builder().build();
    Duration handshakeTimeout = Duration.ofSeconds(10);
    boolean keylog;
    Limits limits = new Limits.Builder().build();

    TlsConf build() {
      return new TlsConf(
          provider, profile, certificates, clientAuth, tickets, handshakeTimeout, keylog, limits);
    }
  }
}
