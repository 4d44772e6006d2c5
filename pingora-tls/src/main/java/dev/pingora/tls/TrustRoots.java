// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.util.List;

/// Whom we believe.
public sealed interface TrustRoots {
  /// What the system or, without one, the JDK trusts.
  record Installed() implements TrustRoots {}

  /// These certificates and no others.
  ///
  /// @param certificates DER
  record Certificates(List<byte[]> certificates) implements TrustRoots {
    public Certificates {
      certificates = List.copyOf(certificates);
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException("trusted certificates: none (expected: one or more)");
      }
    }
  }

  /// {@return the system's}
  static TrustRoots system() {
    return new Installed();
  }

  /// {@return these, DER}
  static TrustRoots of(List<byte[]> certificates) {
    return new Certificates(certificates);
  }
}
