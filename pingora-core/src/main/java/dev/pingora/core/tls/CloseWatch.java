// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import java.nio.ByteBuffer;

/// Looks for a close_notify in the clear among the records of a handshake.
///
/// Some libraries take no notice of one, since nothing proves who said it, and wait for the rest.
/// But who says it sends no rest (RFC 8446 §6.1), so the connection would be kept until its
/// deadline; and whoever can forge one can end the connection by other means.
///
/// ```
///   type │ version │ length │ level │ description
///    21  │  3   x  │ 0   2  │ 1, 2  │     0
/// ```
///
/// An encrypted alert has more octets, or another type. One thread.
final class CloseWatch {
  private static final int HEADER = 5;
  private static final int ALERT = 21;
  private static final int ALERT_OCTETS = 2;
  private static final int CLOSE_NOTIFY = 0;

  private final byte[] header = new byte[HEADER];

  /// Octets of the header that have come.
  private int known;

  /// Octets of the record that are still to come, once the header is known.
  private int left;

  private boolean closed;

  /// Takes note of octets of the peer, in the order they come; they stay unread.
  void see(ByteBuffer octets) {
    int at = octets.position();
    while (at < octets.limit()) {
      if (known < HEADER) {
        header[known++] = octets.get(at++);
        if (known == HEADER) {
          left = length();
        }
      } else {
        int step = Math.min(left, octets.limit() - at);
        at += step;
        left -= step;
        if (left == 0 && isAlert() && octets.get(at - 1) == CLOSE_NOTIFY) {
          closed = true;
        }
      }
      if (known == HEADER && left == 0) {
        known = 0;
      }
    }
  }

  private int length() {
    return (header[3] & 0xff) << 8 | header[4] & 0xff;
  }

  private boolean isAlert() {
    return header[0] == ALERT && length() == ALERT_OCTETS;
  }

  /// {@return whether the peer has said that it sends no more}
  boolean isClosed() {
    return closed;
  }
}
