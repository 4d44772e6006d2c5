// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import dev.pingora.error.ProxyException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Something behind an address that wants to know how attempts on it go: a backend of a load
/// balancer. The engine calls these for every attempt, on request threads of any loop; they must be
/// thread-safe and must not block.
public interface Endpoint {
  /// {@return where it listens} An unresolved `InetSocketAddress` is looked up at each connect.
  SocketAddress address();

  /// An attempt begins.
  ///
  /// @return false when it takes no more at present: then the attempt fails, nothing else is
  ///   reported about it, and it may be made elsewhere
  default boolean attemptStarted() {
    return true;
  }

  /// The attempt has a connection.
  ///
  /// @param nanos from the start of the attempt, by the loop's clock: exact to a turn of the loop
  default void connected(long nanos, boolean reused) {}

  /// The header section of the final response has come.
  ///
  /// @param nanos from the start of the attempt
  default void firstByte(long nanos, int status) {}

  /// The attempt is over; called once for each start that was not refused.
  ///
  /// @param status of the final response; 0 when none came
  /// @param failure null when the response was relayed to its end; else its source says whose fault
  ///   it was
  default void attemptEnded(long nanos, int status, @Nullable ProxyException failure) {}
}
