// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// The end of a connection by GOAWAY, ours and the peer's (RFC 9113 §6.8).
///
/// A server ends in two steps, so that no request under way is lost: first it announces the end
/// with the highest identifier possible, together with a PING; when the answer shows that the
/// client knows, or after a while, it names the last request it serves.
///
/// ```
///   SERVING ── shutdown ──► ANNOUNCED ── PING answered or time ──► FINAL
///      └──────────────────── error ────────────────────────────────► FINAL
/// ```
///
/// Owned by the connection thread.
final class Shutdown {
  /// The PING that goes with the announcement.
  static final long PING = 0x5345_5256_4544_2121L;

  private enum Phase {
    SERVING,
    ANNOUNCED,
    FINAL
  }

  private Phase phase = Phase.SERVING;
  private long deadline;
  private int lastServed = Integer.MAX_VALUE;
  private boolean peerLeaves;
  private int peersLast = Integer.MAX_VALUE;

  boolean isServing() {
    return phase == Phase.SERVING;
  }

  boolean isAnnounced() {
    return phase == Phase.ANNOUNCED;
  }

  boolean isFinal() {
    return phase == Phase.FINAL;
  }

  void announce(long deadlineNanos) {
    phase = Phase.ANNOUNCED;
    deadline = deadlineNanos;
  }

  /// {@return when to stop waiting for the answer to the PING, on the caller's clock}
  long deadline() {
    return deadline;
  }

  /// The final GOAWAY names this stream.
  ///
  /// @return the identifier to send, which never increases (§6.8)
  int finish(int last) {
    phase = Phase.FINAL;
    lastServed = Math.min(lastServed, last);
    return lastServed;
  }

  /// {@return whether a stream is beyond what we serve, and is ignored}
  boolean isBeyond(int streamId) {
    return streamId > lastServed;
  }

  /// The peer has sent GOAWAY.
  void peerLeaves(int last) throws ConnectionException {
    if (last > peersLast) {
      throw ConnectionException.protocol("GOAWAY with an increased last stream");
    }
    peerLeaves = true;
    peersLast = last;
  }

  boolean isPeerLeaving() {
    return peerLeaves;
  }
}
