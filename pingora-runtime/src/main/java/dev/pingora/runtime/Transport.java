// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;

/// How a loop gets its wires: one implementation per kind of system interface. Event-loop thread
/// only.
interface Transport {
  /// Starts to connect; completes `pending` with a connection or a failure, later or at once.
  void connect(PendingConnect pending);

  /// Opens a listening socket of this loop.
  ///
  /// @param serving the loops that accepted connections are spread over, in turn
  /// @param onAccept called on the serving loop's event-loop thread with every accepted connection
  Acceptor listen(ListenSpec spec, List<Loop> serving, OnAccept onAccept) throws IOException;

  /// Closes what is still open; the system may take a moment for it.
  void close();

  /// {@return whether every descriptor is closed, after [#close]}
  boolean isClosed();

  /// A listening socket of one loop. Event-loop thread only, but for [#localAddress].
  interface Acceptor {
    SocketAddress localAddress();

    /// Leaves new connections in the kernel's queue.
    void pause();

    void resume();

    void close();
  }
}
