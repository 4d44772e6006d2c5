// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

/// Where a backend runs: attach it with [Backend#with].
///
/// @param name of a zone, a region, a rack: whatever is close
public record Zone(String name) {
  /// Refuses an empty name.
  public Zone {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("zone: empty (expected: a name)");
    }
  }
}
