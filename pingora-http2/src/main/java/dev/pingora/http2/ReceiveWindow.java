// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// The window we grant for a stream or for the connection (RFC 9113 §6.9).
///
/// Bytes leave the window when they arrive and come back when the application has consumed them, so
/// the window's size is the most that can wait here unread. They come back in portions of half a
/// window, which makes one WINDOW_UPDATE of many.
///
/// Owned by the connection thread.
final class ReceiveWindow {
  private int size;

  /// What the peer may still send. Below zero after our setting was reduced (§6.9.2).
  private int available;

  /// Consumed, but not yet given back.
  private int owed;

  ReceiveWindow(int size) {
    this.size = size;
    this.available = size;
  }

  /// Bytes have come.
  ///
  /// @return false if the peer was not allowed to send so many; then nothing is counted
  boolean receive(int bytes) {
    if (bytes > available) {
      return false;
    }
    available -= bytes;
    return true;
  }

  /// Bytes have been consumed.
  ///
  /// @return the increment of the WINDOW_UPDATE that is now due, or 0
  int consume(int bytes) {
    owed += bytes;
    if (owed < size / 2 || owed == 0) {
      return 0;
    }
    int increment = owed;
    owed = 0;
    available += increment;
    return increment;
  }

  /// The size has changed by a setting that the peer has acknowledged; it knows by itself.
  void resize(int newSize) {
    available += newSize - size;
    size = newSize;
  }

  int available() {
    return available;
  }
}
