// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// A field block as it was received: HEADERS and its CONTINUATION frames in one piece, padding and
/// priority taken off. One object for each [FrameReader], which lends it for a call.
final class FieldBlock {
  int streamId;
  boolean endStream;

  /// The stream it depends on by its priority; -1 without priority.
  int dependency;

  /// The octets are `bytes[from..to)`.
  byte[] bytes = {};

  int from;
  int to;
}
