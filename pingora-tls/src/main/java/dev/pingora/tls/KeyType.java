// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

/// The kinds of key that certificates come with.
public enum KeyType {
  RSA,
  /// RSA keys for PSS signatures only (OID 1.2.840.113549.1.1.10).
  RSA_PSS,
  EC_P256,
  EC_P384,
  EC_P521,
  ED25519
}
