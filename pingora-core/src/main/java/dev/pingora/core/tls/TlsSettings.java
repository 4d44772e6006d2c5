// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static java.util.Objects.requireNonNull;

import dev.pingora.tls.CertificateStore;
import dev.pingora.tls.CertifiedKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.KeyLog;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TrustRoots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a listener speaks TLS (inventory LIS-37 to LIS-52). Immutable; make variants with the
/// methods.
///
/// @param provider name of the TLS library, or `auto`
/// @param certificates asked at each handshake, so that certificates can be replaced while the
///   server runs; must be cheap
/// @param alpn protocols spoken, the preferred first; empty = the extension is ignored
/// @param alpnRequired a client that offers ALPN, but none of ours, is refused
/// @param clientRoots who vouches for clients; null only when none are asked for a certificate
/// @param tickets keys of session tickets; null = each context's own
/// @param keyLog takes the secrets, null for none
/// @param handshakeTimeout from accept to the end of the handshake; zero = no limit
/// @param offloaded handshakes are computed on platform threads instead of the loop's
/// @param callbacks asked during handshakes, null for none
public record TlsSettings(
    String provider,
    Supplier<CertificateStore> certificates,
    TlsProfile profile,
    List<String> alpn,
    boolean alpnRequired,
    ClientAuth clientAuth,
    @Nullable TrustRoots clientRoots,
    @Nullable TicketKeys tickets,
    @Nullable KeyLog keyLog,
    Duration handshakeTimeout,
    boolean offloaded,
    @Nullable TlsCallbacks callbacks) {
  /// HTTP/2 in ALPN.
  public static final String H2 = "h2";

  /// HTTP/1.1 in ALPN.
  public static final String HTTP_1_1 = "http/1.1";

  /// Longest handshake unless said otherwise.
  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  public TlsSettings {
    requireNonNull(provider, "provider");
    requireNonNull(certificates, "certificates");
    requireNonNull(profile, "profile");
    alpn = List.copyOf(alpn);
    if (handshakeTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "handshake timeout: " + handshakeTimeout + " (expected: 0s or more)");
    }
  }

  /// {@return Mozilla's intermediate profile: TLS 1.2 and 1.3}
  ///
  /// @param certificate PEM file of the chain
  /// @param key PEM file of the private key
  /// @throws TlsException naming the file and what is wrong with it
  public static TlsSettings intermediate(String certificate, String key) throws TlsException {
    return of(CertifiedKey.fromPem(Path.of(certificate), Path.of(key)));
  }

  /// {@return Mozilla's modern profile: TLS 1.3 only}
  public static TlsSettings modern(String certificate, String key) throws TlsException {
    return intermediate(certificate, key).withProfile(TlsProfile.MODERN);
  }

  /// {@return the intermediate profile with these certificates} The first is the default.
  public static TlsSettings of(CertifiedKey... certificates) {
    CertificateStore store = CertificateStore.of(List.of(certificates));
    return of(() -> store);
  }

  /// {@return the intermediate profile with certificates that may change}
  public static TlsSettings of(Supplier<CertificateStore> certificates) {
    return new TlsSettings(
        TlsProviders.AUTO,
        certificates,
        TlsProfile.INTERMEDIATE,
        List.of(),
        false,
        ClientAuth.OFF,
        null,
        null,
        null,
        HANDSHAKE_TIMEOUT,
        false,
        null);
  }

  /// {@return the same, offering HTTP/2 before HTTP/1.1} A client that offers neither is served
  /// without the extension (inventory LIS-44).
  public TlsSettings enableH2() {
    return withAlpn(List.of(H2, HTTP_1_1), false);
  }

  /// {@return the same with these protocols, the preferred first}
  ///
  /// @param required a client that offers others only is refused (no_application_protocol)
  public TlsSettings withAlpn(List<String> protocols, boolean required) {
    return new TlsSettings(
        provider,
        certificates,
        profile,
        protocols,
        required,
        clientAuth,
        clientRoots,
        tickets,
        keyLog,
        handshakeTimeout,
        offloaded,
        callbacks);
  }

  /// {@return the same by another library}
  public TlsSettings withProvider(String id) {
    return new TlsSettings(
        id,
        certificates,
        profile,
        alpn,
        alpnRequired,
        clientAuth,
        clientRoots,
        tickets,
        keyLog,
        handshakeTimeout,
        offloaded,
        callbacks);
  }

  /// {@return the same with another profile}
  public TlsSettings withProfile(TlsProfile own) {
    return new TlsSettings(
        provider,
        certificates,
        own,
        alpn,
        alpnRequired,
        clientAuth,
        clientRoots,
        tickets,
        keyLog,
        handshakeTimeout,
        offloaded,
        callbacks);
  }

  /// {@return the same, asking clients for certificates that `roots` vouch for}
  public TlsSettings withClientAuth(ClientAuth mode, @Nullable TrustRoots roots) {
    return new TlsSettings(
        provider,
        certificates,
        profile,
        alpn,
        alpnRequired,
        mode,
        roots,
        tickets,
        keyLog,
        handshakeTimeout,
        offloaded,
        callbacks);
  }

  /// {@return the same with these ticket keys}
  public TlsSettings withTickets(@Nullable TicketKeys keys) {
    return new TlsSettings(
        provider,
        certificates,
        profile,
        alpn,
        alpnRequired,
        clientAuth,
        clientRoots,
        keys,
        keyLog,
        handshakeTimeout,
        offloaded,
        callbacks);
  }

  /// {@return the same, telling its secrets}
  public TlsSettings withKeyLog(@Nullable KeyLog log) {
    return new TlsSettings(
        provider,
        certificates,
        profile,
        alpn,
        alpnRequired,
        clientAuth,
        clientRoots,
        tickets,
        log,
        handshakeTimeout,
        offloaded,
        callbacks);
  }

  /// {@return the same with another bound on handshakes, zero = none}
  public TlsSettings withHandshakeTimeout(Duration longest) {
    return new TlsSettings(
        provider,
        certificates,
        profile,
        alpn,
        alpnRequired,
        clientAuth,
        clientRoots,
        tickets,
        keyLog,
        longest,
        offloaded,
        callbacks);
  }

  /// {@return the same, computing handshakes on platform threads or not}
  public TlsSettings withOffload(boolean own) {
    return new TlsSettings(
        provider,
        certificates,
        profile,
        alpn,
        alpnRequired,
        clientAuth,
        clientRoots,
        tickets,
        keyLog,
        handshakeTimeout,
        own,
        callbacks);
  }

  /// {@return the same, asking `own` during handshakes}
  public TlsSettings withCallbacks(@Nullable TlsCallbacks own) {
    return new TlsSettings(
        provider,
        certificates,
        profile,
        alpn,
        alpnRequired,
        clientAuth,
        clientRoots,
        tickets,
        keyLog,
        handshakeTimeout,
        offloaded,
        own);
  }
}
