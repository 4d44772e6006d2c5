// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

/// What the connections of one configuration share: certificate, trust, sessions to resume.
///
/// Immutable and thread-safe. There is nothing to close: the native memory behind it lives until
/// neither the context nor one of its sessions is reachable. New certificates mean a new context;
/// sessions of the old one go on.
public interface TlsContext {
  /// {@return the id of the provider}
  String provider();

  /// {@return a session for one connection}
  ///
  /// @param server whom a client talks to; ignored by contexts of servers
  /// @throws TlsException INTERNAL when the library has no memory left
  TlsSession session(ServerId server) throws TlsException;

  /// {@return whether a handshake may block, because its key is kept elsewhere} Such ones must not
  /// run on event loops.
  default boolean blocks() {
    return false;
  }

  /// Whom a client talks to.
  ///
  /// @param name the name asked for in SNI and looked for in the certificate: a DNS name, or an IP
  ///   address as text, which SNI does not carry (RFC 6066 §3); empty for none
  /// @param key together with the name: whose sessions may be resumed, such as `10.0.0.1:443`
  record ServerId(String name, String key) {
    /// For servers, and clients that know no name.
    public static final ServerId NONE = new ServerId("", "");
  }
}
