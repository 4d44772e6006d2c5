// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.net.SocketAddress;

/// Hears what happens to the backends of a balancer.
@FunctionalInterface
public interface BackendObserver {
  /// Something has changed. Called on the thread that made the change, which may be that of a
  /// request: must not block. What it throws is logged.
  ///
  /// @param balancer the name of the balancer
  /// @param why for people; may be empty
  void changed(String balancer, SocketAddress backend, BackendChange change, String why);
}
