// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// TLS by the JDK's own library: [JsseTls].
///
/// # What is special about it
///
/// - Nothing is native: it works wherever Java does, slower than the others.
/// - A client remembers one session per peer, the newest, and uses a TLS 1.3 ticket once (RFC 8446
///   §C.4): of several connections made at the same time one resumes. A server sends one ticket per
///   handshake; its ticket keys are the context's own and cannot be shared.
/// - A client always sends a second key share of another kind of group.
/// - A key update always asks the peer for one too.
package dev.pingora.jsse;
