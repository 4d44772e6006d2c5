// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static java.util.Objects.requireNonNull;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.CertificateStore;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.KeyLog;
import dev.pingora.tls.NativeSettings;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TrustRoots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a listener speaks TLS. Immutable; make variants with the methods. A further option is a
/// component here, three lines in [Draft] and a method.
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
/// @param handshakesPerSecond begun at most, on all loops together, see [#withHandshakesPerSecond];
///   0 = no limit
/// @param nativeSettings makes further settings on the library's own object; null for none
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
    @Nullable TlsCallbacks callbacks,
    int handshakesPerSecond,
    @Nullable NativeSettings nativeSettings) {
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
    if (handshakesPerSecond < 0) {
      throw new IllegalArgumentException(
          "handshakes per second: " + handshakesPerSecond + " (expected: 0 or more)");
    }
  }

  /// {@return Mozilla's intermediate profile: TLS 1.2 and 1.3}
  ///
  /// @param certificate PEM file of the chain
  /// @param key PEM file of the private key
  /// @throws TlsException naming the file and what is wrong with it
  public static TlsSettings intermediate(String certificate, String key) throws TlsException {
    return of(CertKey.fromPem(Path.of(certificate), Path.of(key)));
  }

  /// {@return Mozilla's modern profile: TLS 1.3 only}
  public static TlsSettings modern(String certificate, String key) throws TlsException {
    return intermediate(certificate, key).withProfile(TlsProfile.MODERN);
  }

  /// {@return the intermediate profile with these certificates} The first is the default.
  public static TlsSettings of(CertKey... certificates) {
    CertificateStore store = CertificateStore.of(List.of(certificates));
    return of(() -> store);
  }

  /// {@return the intermediate profile with certificates that may change}
  public static TlsSettings of(Supplier<CertificateStore> certificates) {
    return new Draft(certificates).done();
  }

  /// {@return the same, offering HTTP/2 before HTTP/1.1} A client that offers neither is served
  /// without the extension.
  public TlsSettings enableH2() {
    return withAlpn(List.of(H2, HTTP_1_1), false);
  }

  /// {@return the same with these protocols, the preferred first}
  ///
  /// @param required a client that offers others only is refused (no_application_protocol)
  public TlsSettings withAlpn(List<String> protocols, boolean required) {
    return with(draft -> {
      draft.alpn = protocols;
      draft.alpnRequired = required;
    });
  }

  /// {@return the same by another library}
  public TlsSettings withProvider(String id) {
    return with(draft -> draft.provider = id);
  }

  /// {@return the same with another profile}
  public TlsSettings withProfile(TlsProfile own) {
    return with(draft -> draft.profile = own);
  }

  /// {@return the same, asking clients for certificates that `roots` vouch for}
  public TlsSettings withClientAuth(ClientAuth mode, @Nullable TrustRoots roots) {
    return with(draft -> {
      draft.clientAuth = mode;
      draft.clientRoots = roots;
    });
  }

  /// {@return the same with these ticket keys}
  public TlsSettings withTickets(@Nullable TicketKeys keys) {
    return with(draft -> draft.tickets = keys);
  }

  /// {@return the same, telling its secrets}
  public TlsSettings withKeyLog(@Nullable KeyLog log) {
    return with(draft -> draft.keyLog = log);
  }

  /// {@return the same with another bound on handshakes, zero = none}
  public TlsSettings withHandshakeTimeout(Duration longest) {
    return with(draft -> draft.handshakeTimeout = longest);
  }

  /// {@return the same, computing handshakes on platform threads or not}
  public TlsSettings withOffload(boolean own) {
    return with(draft -> draft.offloaded = own);
  }

  /// {@return the same, asking `own` during handshakes}
  public TlsSettings withCallbacks(@Nullable TlsCallbacks own) {
    return with(draft -> draft.callbacks = own);
  }

  /// {@return the same, beginning so many handshakes in a second at most; 0 = no limit} Bounds the
  /// processor time that strangers can have spent on private keys.
  ///
  /// It is a token bucket that holds a second's worth, shared by all loops. A connection takes a
  /// token when its first octets come: whoever only connects takes none. Without a token it is
  /// closed at once, before its ClientHello is looked at, and without an alert: to let it wait
  /// would keep more and more clients who have given up by then. A handshake that fails has taken
  /// its token; one that goes on from an earlier session takes one as well, for that it does is
  /// known too late. Refused connections are counted, and told in a line every ten seconds.
  public TlsSettings withHandshakesPerSecond(int most) {
    return with(draft -> draft.handshakesPerSecond = most);
  }

  /// {@return the same, with further settings on the library's own object}
  public TlsSettings withNativeSettings(@Nullable NativeSettings own) {
    return with(draft -> draft.nativeSettings = own);
  }

  private TlsSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /// Settings while they are changed; confined to one call.
  private static final class Draft {
    String provider = TlsProviders.AUTO;
    final Supplier<CertificateStore> certificates;
    TlsProfile profile = TlsProfile.INTERMEDIATE;
    List<String> alpn = List.of();
    boolean alpnRequired;
    ClientAuth clientAuth = ClientAuth.OFF;
    @Nullable TrustRoots clientRoots;
    @Nullable TicketKeys tickets;
    @Nullable KeyLog keyLog;
    Duration handshakeTimeout = HANDSHAKE_TIMEOUT;
    boolean offloaded;
    @Nullable TlsCallbacks callbacks;
    int handshakesPerSecond;
    @Nullable NativeSettings nativeSettings;

    Draft(Supplier<CertificateStore> certificates) {
      this.certificates = certificates;
    }

    Draft(TlsSettings from) {
      certificates = from.certificates;
      provider = from.provider;
      profile = from.profile;
      alpn = from.alpn;
      alpnRequired = from.alpnRequired;
      clientAuth = from.clientAuth;
      clientRoots = from.clientRoots;
      tickets = from.tickets;
      keyLog = from.keyLog;
      handshakeTimeout = from.handshakeTimeout;
      offloaded = from.offloaded;
      callbacks = from.callbacks;
      handshakesPerSecond = from.handshakesPerSecond;
      nativeSettings = from.nativeSettings;
    }

    TlsSettings done() {
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
          callbacks,
          handshakesPerSecond,
          nativeSettings);
    }
  }
}
