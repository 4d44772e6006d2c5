// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.net.InetAddress;
import java.util.List;

/// What one DNS server said about one name, both address families together.
///
/// @param outcome how the question ended
/// @param addresses IPv6 before IPv4, each once; empty unless found
/// @param ttlSeconds how long all of it holds: the least of the records and the aliases in between;
///   0 unless found
public record DnsAnswer(Outcome outcome, List<InetAddress> addresses, long ttlSeconds) {
  static final DnsAnswer NONE = new DnsAnswer(Outcome.NONE, List.of(), 0);
  static final DnsAnswer FAILED = new DnsAnswer(Outcome.FAILED, List.of(), 0);

  public DnsAnswer {
    addresses = List.copyOf(addresses);
  }

  /// How a question ended.
  public enum Outcome {
    /// There are addresses.
    FOUND,
    /// There is no such name, or it has no address (RFC 2308 §2): asking another server is no use.
    NONE,
    /// No answer in time, or one that says nothing about the name: another server may know.
    FAILED
  }
}
