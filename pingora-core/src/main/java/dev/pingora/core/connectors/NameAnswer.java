// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/// What a source says about a name.
sealed interface NameAnswer {
  /// It has these addresses, best first.
  ///
  /// @param ttl how long that holds
  record Found(List<InetAddress> addresses, Duration ttl) implements NameAnswer {
    public Found {
      addresses = List.copyOf(addresses);
      if (addresses.isEmpty()) {
        throw new IllegalArgumentException("addresses: none (expected: 1 or more)");
      }
    }
  }

  /// There is no such name, or it has no address.
  record Missing() implements NameAnswer {}

  /// Nobody could say.
  ///
  /// @param why for the operator
  record Unknown(String why) implements NameAnswer {}
}
