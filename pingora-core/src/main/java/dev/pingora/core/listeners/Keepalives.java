// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.listeners;

import dev.pingora.core.server.TcpKeepalive;
import dev.pingora.runtime.SocketTuning;

/// TCP keepalive as configured, in the units of the socket.
public final class Keepalives {
  private Keepalives() {}

  public static SocketTuning.Keepalive of(TcpKeepalive keepalive) {
    return new SocketTuning.Keepalive(
        (int) keepalive.idle().toSeconds(),
        (int) keepalive.interval().toSeconds(),
        keepalive.count(),
        (int) keepalive.userTimeout().toMillis());
  }
}
