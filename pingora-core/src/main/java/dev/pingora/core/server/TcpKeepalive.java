// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import java.time.Duration;
import java.util.Objects;

/// TCP keep-alive probes of a socket (SO_KEEPALIVE with its three knobs, and TCP_USER_TIMEOUT).
///
/// The kernel counts whole seconds for the first two, milliseconds for the last.
///
/// @param idle silence before the first probe
/// @param interval between two probes
/// @param count probes without an answer after which the connection is dead
/// @param userTimeout how long sent bytes may stay unacknowledged (Linux only); zero = the system's
public record TcpKeepalive(Duration idle, Duration interval, int count, Duration userTimeout) {

  /// Refuses null components.
  public TcpKeepalive {
    Objects.requireNonNull(idle, "idle");
    Objects.requireNonNull(interval, "interval");
    Objects.requireNonNull(userTimeout, "userTimeout");
  }
}
