// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.net.InetAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// What to connect to, and how.
///
/// @param remote a resolved `InetSocketAddress` or a `UnixDomainSocketAddress`
/// @param bindAddress source address, null = the system's choice
/// @param portLow first local port that may be taken, 0 = any (IP_LOCAL_PORT_RANGE, Linux 6.3)
/// @param portHigh last local port that may be taken
/// @param socketTweak what else to do to a TCP socket before it connects; epoll only
public record ConnectSpec(
    SocketAddress remote,
    @Nullable InetAddress bindAddress,
    int portLow,
    int portHigh,
    SocketTuning tuning,
    @Nullable SocketTweak socketTweak) {
  /// A connect without a tweak.
  public ConnectSpec(
      SocketAddress remote,
      @Nullable InetAddress bindAddress,
      int portLow,
      int portHigh,
      SocketTuning tuning) {
    this(remote, bindAddress, portLow, portHigh, tuning, null);
  }

  public static ConnectSpec to(SocketAddress remote) {
    return new ConnectSpec(remote, null, 0, 0, SocketTuning.NONE);
  }
}
