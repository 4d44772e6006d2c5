// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// The JDK's TLS interfaces over any [dev.pingora.tls.TlsProvider]: for HTTP clients, servers and
/// frameworks that want an `SSLContext` or an `SSLEngine`.
///
/// ```
///   SSLContext context = SSLContext.getInstance("TLS", EngineProvider.of(provider));
///   context.init(keyManagers, trustManagers, null);
/// ```
///
/// The engine gives the statuses of the JDK's own, call for call. Whatever of keys, trust and
/// parameters a session cannot honour is refused, with an exception that says what.
package dev.pingora.tls.engine;
