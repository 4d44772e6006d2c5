// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.ArrayList;
import java.util.List;
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

  /// Of a copy: what runs at the end of one connection may close others.
  void quiesceAll() {
    List<ConnectionIo> all = new ArrayList<>(size);
    for (ConnectionIo next = first; next != null; next = next.next) {
      all.add(next);
    }
    all.forEach(ConnectionIo::quiesce);
  }

  @SuppressWarnings("ReferenceEquality") // list links
  void closeAll() {
    for (ConnectionIo next = first; next != null; next = first) {
      next.destroy(null);
      if (first == next) {
        remove(next); // it failed to close: not again and again
      }
    }
  }
}
