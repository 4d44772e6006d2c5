// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import org.jspecify.annotations.Nullable;

/// A signal that a server may be sent, with its number on Linux (signal(7); the same on x86 and
/// ARM).
public enum Signal {
  /// Stop at once, from the terminal.
  INT(2),
  /// Stop gracefully and hand the listeners over.
  QUIT(3),
  /// Stop gracefully.
  TERM(15),
  /// Read files again.
  HUP(1),
  /// For the application.
  USR1(10);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static @Nullable Signal of(int number) {
    for (Signal signal : values()) {
      if (signal.number == number) {
        return signal;
      }
    }
    return null;
  }
}
