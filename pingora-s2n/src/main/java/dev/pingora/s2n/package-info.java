// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// TLS by s2n-tls, called by the JDK's foreign function interface.
///
/// The library is that inside of the aws-crt artifact, whose Java is not used. Who owns what:
///
/// | object | held by | freed |
/// |---|---|---|
/// | s2n_config | the context, each session of it | by a cleaner, when neither is reachable |
/// | s2n_cert_chain_and_key | the s2n_config, which does not count | right after it |
/// | s2n_psk | the same; connections copy it | right after it |
/// | s2n_connection | the session | by its `close` |
/// | octets on their way | the session's [dev.pingora.s2n.Wire] | when used, or by `close` |
@org.jspecify.annotations.NullMarked
package dev.pingora.s2n;
