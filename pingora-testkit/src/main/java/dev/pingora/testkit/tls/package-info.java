// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// What tests of TLS need: certificates good and bad, and two sessions that talk in memory.
///
/// - *Certificates*: [TestCertificates] has the common ones, a [CertificateOrder] any other.
/// - *Sessions*: a [TlsPair] is a client and a server without a network; each [TlsEnd] can be fed
///   by hand.
/// - *Behaviour*: [TlsContract] lists what every provider does, alone and with any other.
package dev.pingora.testkit.tls;
