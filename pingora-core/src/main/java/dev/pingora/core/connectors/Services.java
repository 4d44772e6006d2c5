// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import java.time.Duration;
import java.util.List;

/// The servers of a service, as DNS names them.
///
/// @param records at least one
/// @param ttl how long that holds
public record Services(List<ServiceRecord> records, Duration ttl) {
  /// Copies the list.
  public Services {
    records = List.copyOf(records);
    if (records.isEmpty()) {
      throw new IllegalArgumentException("records: none (expected: 1 or more)");
    }
  }
}
