// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;

/// Does to a socket what no option here does, before it connects.
///
/// Runs on the event-loop thread and must not block. It may set options of the descriptor; it must
/// not close it, nor keep it.
@FunctionalInterface
public interface SocketTweak {
  /// Does it.
  ///
  /// @param descriptor of a new, unconnected TCP socket
  /// @throws IOException to give the connect up
  void apply(int descriptor) throws IOException;
}
