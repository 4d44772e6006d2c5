// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import org.jspecify.annotations.Nullable;

/// Options of a TCP socket; 0 or null leaves the system's default. TCP_NODELAY is always set.
///
/// @param keepalive probes of an idle connection
/// @param receiveBuffer SO_RCVBUF in bytes
/// @param sendBuffer SO_SNDBUF in bytes
/// @param dscp code point 0..63, -1 for none
/// @param fastOpen TCP fast open: backlog on a listener (> 0), on/off on a client
public record SocketTuning(
    @Nullable Keepalive keepalive, int receiveBuffer, int sendBuffer, int dscp, int fastOpen) {
  public static final SocketTuning NONE = new SocketTuning(null, 0, 0, -1, 0);

  public SocketTuning {
    if (dscp < -1 || dscp > 63) {
      throw new IllegalArgumentException("dscp: " + dscp + " (expected: 0..63)");
    }
    if (receiveBuffer < 0 || sendBuffer < 0 || fastOpen < 0) {
      throw new IllegalArgumentException("socket option below 0 (expected: 0 or more)");
    }
  }

  /// TCP keepalive in whole seconds.
  ///
  /// @param idle seconds of silence before the first probe
  /// @param interval seconds between probes
  /// @param count probes without an answer until the connection is given up
  /// @param userTimeoutMillis TCP_USER_TIMEOUT (Linux), 0 = off
  public record Keepalive(int idle, int interval, int count, int userTimeoutMillis) {}
}
