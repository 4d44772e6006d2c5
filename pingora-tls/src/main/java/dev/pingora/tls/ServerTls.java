// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How a server speaks TLS with one certificate. A listener with several certificates has a context
/// for each, and chooses by the ClientHello before there is a session.
///
/// @param certificate shown to clients
/// @param alpn protocols spoken, the preferred first; empty = the extension is ignored
/// @param alpnRequired a client that offers ALPN, but none of ours, is refused
///   (no_application_protocol) instead of served without
/// @param clientAuth whether clients are asked for certificates
/// @param clientRoots who vouches for clients; null only when none are asked for
/// @param tickets keys of session tickets; null = the library's own, gone with the process
/// @param keyLog takes the secrets; null for none
/// @param nativeSettings makes further settings on the library's own object; null for none
public record ServerTls(
    CertKey certificate,
    TlsProfile profile,
    List<String> alpn,
    boolean alpnRequired,
    ClientAuth clientAuth,
    @Nullable TrustRoots clientRoots,
    @Nullable TicketKeys tickets,
    @Nullable KeyLog keyLog,
    @Nullable NativeSettings nativeSettings) {
  public ServerTls {
    requireNonNull(certificate, "certificate");
    requireNonNull(profile, "profile");
    alpn = ProtocolNames.checked(alpn);
    if (clientAuth != ClientAuth.OFF && clientRoots == null) {
      throw new IllegalArgumentException("client certificates are asked for, but nobody trusted");
    }
  }

  /// {@return an intermediate profile, no ALPN, no client certificates}
  public static ServerTls of(CertKey certificate) {
    return new Draft(certificate).build();
  }

  /// {@return the same with another certificate}
  public ServerTls withCertificate(CertKey own) {
    return with(draft -> draft.certificate = own);
  }

  /// {@return the same with another profile}
  public ServerTls withProfile(TlsProfile own) {
    return with(draft -> draft.profile = own);
  }

  /// {@return the same with these protocols}
  public ServerTls withAlpn(List<String> protocols, boolean required) {
    return with(draft -> {
      draft.alpn = protocols;
      draft.alpnRequired = required;
    });
  }

  /// {@return the same, asking clients for certificates that `roots` vouch for}
  public ServerTls withClientAuth(ClientAuth mode, @Nullable TrustRoots roots) {
    return with(draft -> {
      draft.clientAuth = mode;
      draft.clientRoots = roots;
    });
  }

  /// {@return the same with these ticket keys}
  public ServerTls withTickets(@Nullable TicketKeys keys) {
    return with(draft -> draft.tickets = keys);
  }

  /// {@return the same, telling its secrets}
  public ServerTls withKeyLog(@Nullable KeyLog log) {
    return with(draft -> draft.keyLog = log);
  }

  /// {@return the same, with further settings on the library's own object}
  public ServerTls withNativeSettings(@Nullable NativeSettings own) {
    return with(draft -> draft.nativeSettings = own);
  }

  private ServerTls with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.build();
  }

  /// The components while one of them is changed; confined to one thread.
  private static final class Draft {
    private CertKey certificate;
    private TlsProfile profile = TlsProfile.INTERMEDIATE;
    private List<String> alpn = List.of();
    private boolean alpnRequired;
    private ClientAuth clientAuth = ClientAuth.OFF;
    private @Nullable TrustRoots clientRoots;
    private @Nullable TicketKeys tickets;
    private @Nullable KeyLog keyLog;
    private @Nullable NativeSettings nativeSettings;

    Draft(CertKey certificate) {
      this.certificate = certificate;
    }

    Draft(ServerTls from) {
      this(from.certificate);
      profile = from.profile;
      alpn = from.alpn;
      alpnRequired = from.alpnRequired;
      clientAuth = from.clientAuth;
      clientRoots = from.clientRoots;
      tickets = from.tickets;
      keyLog = from.keyLog;
      nativeSettings = from.nativeSettings;
    }

    ServerTls build() {
      return new ServerTls(
          certificate,
          profile,
          alpn,
          alpnRequired,
          clientAuth,
          clientRoots,
          tickets,
          keyLog,
          nativeSettings);
    }
  }
}
