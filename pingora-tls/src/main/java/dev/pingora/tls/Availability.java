// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.util.Objects.requireNonNull;

import java.util.EnumSet;
import java.util.Set;

/// Whether a provider can be used here.
public sealed interface Availability {
  /// It can.
  ///
  /// @param library name and version of the library, such as `OpenSSL 3.0.19 27 Jan 2026`
  /// @param origin where the library came from: a path, an artifact, or "the JDK"
  /// @param fips what is validated (FIPS 140-3) in this artefact, or "no" and how to get it
  record Available(String library, String origin, Set<Capability> capabilities, String fips)
      implements Availability {
    public Available {
      requireNonNull(library, "library");
      requireNonNull(origin, "origin");
      requireNonNull(fips, "fips");
      capabilities = capabilities.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(capabilities));
    }
  }

  /// It cannot.
  ///
  /// @param reason one clear line: what is missing and how to get it
  record Missing(String reason) implements Availability {
    public Missing {
      requireNonNull(reason, "reason");
    }
  }
}
