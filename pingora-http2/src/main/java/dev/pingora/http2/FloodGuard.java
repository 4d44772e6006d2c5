// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// The budgets that keep a peer from making much work with few bytes.
///
/// Three different things are bounded:
/// - *streams cut short* ([#streamCut]): a request that is reset costs the peer a few bytes and us
///   an upstream request. It counts no matter who sends RST_STREAM, since a peer can provoke ours
///   by breaking rules (CVE-2023-44487 "rapid reset", CVE-2025-8671 "made you reset");
/// - *frames that carry nothing* ([#control]): cheap one by one, but endless. Traffic earns new
///   ones, so that WINDOW_UPDATE and PING that follow our DATA are never too many;
/// - *replies nobody fetches* ([#reply]): a peer that asks and does not read fills our output.
///
/// The time is that of the last input. Owned by the connection thread.
final class FloodGuard {
  /// Control frames that a DATA or HEADERS frame, in either direction, earns its peer: two windows
  /// to update, and a PING with some slack.
  private static final int EARNED = 4;

  private final TokenBucket cuts;
  private final TokenBucket controls;
  private final int maxUnsentReplies;
  private final FrameWriter writer;
  private long now;

  // Replies since `mark`, and those before it which may still be unfetched.
  private int replies;
  private int olderReplies;
  private long mark;

  FloodGuard(Http2Limits limits, FrameWriter writer) {
    cuts = new TokenBucket(limits.resetBurst(), limits.resetsPerMinute(), 60);
    controls = new TokenBucket(limits.controlBurst(), limits.controlPerSecond(), 1);
    maxUnsentReplies = limits.maxUnsentReplies();
    this.writer = writer;
  }

  void now(long nanos) {
    now = nanos;
  }

  /// A stream of the peer ends by a reset.
  void streamCut() throws ConnectionException {
    if (!cuts.take(now)) {
      throw ConnectionException.flood("too many streams reset");
    }
  }

  /// A frame without content has come.
  void control() throws ConnectionException {
    if (!controls.take(now)) {
      throw ConnectionException.flood("too many frames without content");
    }
  }

  /// A frame with content has come or gone.
  void useful() {
    controls.give(EARNED);
  }

  /// A reply to a control frame is about to be written.
  ///
  /// Two generations of replies suffice to forget the fetched ones: when all output up to the mark
  /// is taken, the older ones are gone, and the newer ones become the older.
  void reply() throws ConnectionException {
    if (writer.taken() >= mark) {
      olderReplies = writer.pendingBytes() == 0 ? 0 : replies;
      replies = 0;
      mark = writer.committed();
    }
    replies++;
    if (replies + olderReplies > maxUnsentReplies) {
      throw ConnectionException.flood("too many replies not fetched");
    }
  }
}
