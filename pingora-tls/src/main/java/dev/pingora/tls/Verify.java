// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

/// What a client checks of a server's certificate.
public enum Verify {
  /// Nothing: whoever is in between can be the server.
  NONE,
  /// That a trusted root vouches for it, but not for whom.
  CHAIN,
  /// That a trusted root vouches for it as the one asked for.
  CHAIN_AND_NAME
}
