// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

/// Takes the secrets of connections, for a debugger such as Wireshark. Whoever has them reads
/// everything.
@FunctionalInterface
public interface KeyLog {
  /// Takes one line of the NSS key log format (RFC 9850), without line end.
  ///
  /// Called by the thread that drives a session, from within native code: must not block, park or
  /// throw.
  void log(String line);
}
