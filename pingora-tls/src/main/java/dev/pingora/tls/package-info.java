// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// TLS for servers and clients, by whichever library: the interface, and what all providers share.
///
/// [TlsProviders] finds a [TlsProvider]; it makes a [TlsContext] of a [ServerTls] or [ClientTls];
/// that makes a [TlsSession] for each connection. A session touches no socket: octets are fed and
/// drained.
@org.jspecify.annotations.NullMarked
package dev.pingora.tls;
