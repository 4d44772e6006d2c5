// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.net.SocketAddress;

/// Replaces the engine's way of making connections.
@FunctionalInterface
public interface L4Connect {
  /// Opens a connection on the thread's loop; may block in the thread's waits.
  ///
  /// @param deadline on the scale of the loop's clock
  Connection connect(RequestThread thread, SocketAddress address, long deadline)
      throws ProxyException;
}
