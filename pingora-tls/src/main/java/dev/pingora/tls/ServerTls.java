// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.util.Objects.requireNonNull;

import java.util.List;
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
public record ServerTls(
    CertifiedKey certificate,
    TlsProfile profile,
    List<String> alpn,
    boolean alpnRequired,
    ClientAuth clientAuth,
    @Nullable TrustRoots clientRoots,
    @Nullable TicketKeys tickets,
    @Nullable KeyLog keyLog) {
  public ServerTls {
    requireNonNull(certificate, "certificate");
    requireNonNull(profile, "profile");
    alpn = ProtocolNames.checked(alpn);
    if (clientAuth != ClientAuth.OFF && clientRoots == null) {
      throw new IllegalArgumentException("client certificates are asked for, but nobody trusted");
    }
  }

  /// {@return an intermediate profile, no ALPN, no client certificates}
  public static ServerTls of(CertifiedKey certificate) {
    return new ServerTls(
        certificate, TlsProfile.INTERMEDIATE, List.of(), false, ClientAuth.OFF, null, null, null);
  }

  /// {@return the same with another certificate}
  public ServerTls withCertificate(CertifiedKey own) {
    return new ServerTls(
        own, profile, alpn, alpnRequired, clientAuth, clientRoots, tickets, keyLog);
  }

  /// {@return the same with another profile}
  public ServerTls withProfile(TlsProfile own) {
    return new ServerTls(
        certificate, own, alpn, alpnRequired, clientAuth, clientRoots, tickets, keyLog);
  }

  /// {@return the same with these protocols}
  public ServerTls withAlpn(List<String> protocols, boolean required) {
    return new ServerTls(
        certificate, profile, protocols, required, clientAuth, clientRoots, tickets, keyLog);
  }

  /// {@return the same, asking clients for certificates that `roots` vouch for}
  public ServerTls withClientAuth(ClientAuth mode, @Nullable TrustRoots roots) {
    return new ServerTls(certificate, profile, alpn, alpnRequired, mode, roots, tickets, keyLog);
  }

  /// {@return the same with these ticket keys}
  public ServerTls withTickets(@Nullable TicketKeys keys) {
    return new ServerTls(
        certificate, profile, alpn, alpnRequired, clientAuth, clientRoots, keys, keyLog);
  }

  /// {@return the same, telling its secrets}
  public ServerTls withKeyLog(@Nullable KeyLog log) {
    return new ServerTls(
        certificate, profile, alpn, alpnRequired, clientAuth, clientRoots, tickets, log);
  }
}
