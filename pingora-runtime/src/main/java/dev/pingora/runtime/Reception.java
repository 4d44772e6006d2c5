// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.List;

/// What becomes of a connection once it is accepted, whatever the transport: a loop that will serve
/// it, and its introduction to whoever listens.
final class Reception {
  private static final System.Logger LOG = System.getLogger("dev.pingora.runtime");

  private final List<Loop> serving;
  private final OnAccept onAccept;
  private int turn;

  Reception(List<Loop> serving, OnAccept onAccept) {
    this.serving = serving;
    this.onAccept = onAccept;
  }

  /// {@return the loop that serves the next connection} Event-loop thread of the accepting loop.
  Loop next() {
    Loop target = serving.get(turn);
    turn = turn + 1 == serving.size() ? 0 : turn + 1;
    return target;
  }

  /// The connection begins to live. Event-loop thread of the loop that serves it.
  void introduce(Connection connection) {
    connection.loop().opened(connection.io());
    if (connection.isClosed()) {
      return; // the loop ends
    }
    try {
      onAccept.accepted(connection);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "nobody serves " + connection, e);
      connection.io().destroy(null);
    }
  }
}
