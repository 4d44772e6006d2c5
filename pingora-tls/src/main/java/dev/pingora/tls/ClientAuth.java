// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

/// Whether a server asks clients for a certificate.
public enum ClientAuth {
  /// It does not.
  OFF,
  /// It asks; a client without one is served, one with a bad one is not.
  OPTIONAL,
  /// It asks; a client without one is refused.
  REQUIRED
}
