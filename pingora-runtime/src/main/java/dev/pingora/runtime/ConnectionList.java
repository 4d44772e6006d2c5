// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import org.jspecify.annotations.Nullable;

/// The open connections of a loop, as an intrusive list. Event-loop thread only.
final class ConnectionList {
  private @Nullable ConnectionIo first;
  private int size;

  void add(ConnectionIo connection) {
    ConnectionIo head = first;
    connection.next = head;
    if (head != null) {
      head.previous = connection;
    }
    first = connection;
    size++;
  }

  void remove(ConnectionIo connection) {
    ConnectionIo before = connection.previous;
    ConnectionIo after = connection.next;
    if (before != null) {
      before.next = after;
    } else if (first == connection) {
      first = after;
    } else {
      return;
    }
    if (after != null) {
      after.previous = before;
    }
    connection.previous = null;
    connection.next = null;
    size--;
  }

  int size() {
    return size;
  }

  void quiesceAll() {
    ConnectionIo next = first;
    while (next != null) {
      ConnectionIo after = next.next;
      next.quiesce();
      next = after;
    }
  }

  void closeAll() {
    for (ConnectionIo next = first; next != null; next = first) {
      next.destroy(null);
    }
  }
}
