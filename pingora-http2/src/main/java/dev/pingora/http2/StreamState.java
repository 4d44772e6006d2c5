// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// The state of a stream (RFC 9113 §5.1). Push being off, nothing is ever reserved.
///
/// ```
///                  IDLE
///                   │ HEADERS sent or received
///                   ▼
///                  OPEN ──────────────────────────────┐
///    END_STREAM     │          END_STREAM             │
///    received  ┌────┴─────┐    sent                   │
///              ▼          ▼                           │ RST_STREAM
///   HALF_CLOSED_REMOTE  HALF_CLOSED_LOCAL             │ sent or received
///              │          │                           │
///    END_STREAM│          │END_STREAM                 │
///    sent      ▼          ▼ received                  │
///                 CLOSED ◄────────────────────────────┘
/// ```
///
/// The transitions are the three methods; a frame that is not allowed in a state is judged by the
/// caller with [#canReceive] and [#canSend].
enum StreamState {
  IDLE,
  OPEN,
  /// We have sent END_STREAM; the peer may still send.
  HALF_CLOSED_LOCAL,
  /// The peer has sent END_STREAM; we may still send.
  HALF_CLOSED_REMOTE,
  CLOSED;

  /// {@return whether the peer may send HEADERS and DATA}
  boolean canReceive() {
    return this == OPEN || this == HALF_CLOSED_LOCAL;
  }

  /// {@return whether we may send HEADERS and DATA}
  boolean canSend() {
    return this == OPEN || this == HALF_CLOSED_REMOTE;
  }

  /// {@return the state after END_STREAM from the peer}
  StreamState received() {
    return switch (this) {
      case OPEN -> HALF_CLOSED_REMOTE;
      case HALF_CLOSED_LOCAL -> CLOSED;
      case IDLE, HALF_CLOSED_REMOTE, CLOSED -> throw unexpected("END_STREAM received");
    };
  }

  /// {@return the state after END_STREAM from us}
  StreamState sent() {
    return switch (this) {
      case OPEN -> HALF_CLOSED_LOCAL;
      case HALF_CLOSED_REMOTE -> CLOSED;
      case IDLE, HALF_CLOSED_LOCAL, CLOSED -> throw unexpected("END_STREAM sent");
    };
  }

  private IllegalStateException unexpected(String event) {
    return new IllegalStateException(event + " when " + this);
  }
}
