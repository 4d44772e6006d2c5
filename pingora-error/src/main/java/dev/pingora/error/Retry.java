// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

/// Whether the work that failed may be tried again, on another connection or another peer.
///
/// The decision is never open: where Pingora has an undecided state that panics when it is read,
/// [#IF_REUSED] is resolved by the one question [#retryable] asks.
public enum Retry {
  /// The failure is final: bytes may have taken effect, or trying again cannot help.
  NEVER,

  /// The failure tells nothing when the connection came from the pool: the peer may have closed it
  /// while it was idle (RFC 9112 §9.3.1). On a fresh connection it is final.
  IF_REUSED,

  /// Nothing has reached the peer; any other attempt is safe.
  ALWAYS;

  /// {@return whether to try again}
  ///
  /// @param reused whether the connection had served an earlier request
  public boolean retryable(boolean reused) {
    return switch (this) {
      case NEVER -> false;
      case IF_REUSED -> reused;
      case ALWAYS -> true;
    };
  }
}
