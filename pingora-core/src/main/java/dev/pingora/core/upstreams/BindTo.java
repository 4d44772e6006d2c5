// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Where outgoing connections come from.
///
/// @param address null = the system's choice
/// @param portLow first port of the range, 0 = any port
/// @param portHigh last port of the range
/// @param fallback try once more without the range when all its ports are taken
public record BindTo(@Nullable InetAddress address, int portLow, int portHigh, boolean fallback) {
  public BindTo {
    boolean none = portLow == 0 && portHigh == 0;
    if (!none && (portLow < 1 || portHigh > 65535 || portLow >= portHigh)) {
      throw new IllegalArgumentException(
          "bind_to: ports " + portLow + "-" + portHigh + " (expected: low < high, 1..65535)");
    }
  }

  public static BindTo address(InetAddress address) {
    return new BindTo(address, 0, 0, false);
  }
}
