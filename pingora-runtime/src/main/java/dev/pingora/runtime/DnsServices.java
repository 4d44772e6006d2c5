// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.List;

/// What one DNS server said about the servers of a service (SRV, RFC 2782).
///
/// @param outcome how the question ended
/// @param records in the order of the answer; empty unless found
/// @param ttlSeconds how long all of it holds: the least of the records; 0 unless found
public record DnsServices(DnsAnswer.Outcome outcome, List<Target> records, long ttlSeconds) {
  static final DnsServices NONE = new DnsServices(DnsAnswer.Outcome.NONE, List.of(), 0);
  static final DnsServices FAILED = new DnsServices(DnsAnswer.Outcome.FAILED, List.of(), 0);

  /// Copies the list.
  public DnsServices {
    records = List.copyOf(records);
  }

  /// One server.
  ///
  /// @param priority the lowest number comes first
  /// @param weight its share among those of equal priority
  /// @param host a name, without the dot at its end
  public record Target(int priority, int weight, int port, String host) {}
}
