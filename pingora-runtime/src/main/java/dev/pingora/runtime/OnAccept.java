// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

/// Receives accepted connections, each on the event-loop thread of the loop it will live on. The
/// connection is nobody's yet. Must not block.
@FunctionalInterface
public interface OnAccept {
  void accepted(Connection connection);
}
