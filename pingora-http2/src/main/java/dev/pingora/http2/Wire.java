// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// Numbers of RFC 9113: frame types, flags, settings, sizes.
final class Wire {
  // RFC 9113 §6: frame types.
  static final int DATA = 0x0;
  static final int HEADERS = 0x1;
  static final int PRIORITY = 0x2;
  static final int RST_STREAM = 0x3;
  static final int SETTINGS = 0x4;
  static final int PUSH_PROMISE = 0x5;
  static final int PING = 0x6;
  static final int GOAWAY = 0x7;
  static final int WINDOW_UPDATE = 0x8;
  static final int CONTINUATION = 0x9;

  // RFC 9113 §6: flags. ACK and END_STREAM share a bit, on different frames.
  static final int END_STREAM = 0x1;
  static final int ACK = 0x1;
  static final int END_HEADERS = 0x4;
  static final int PADDED = 0x8;
  static final int PRIORITY_FLAG = 0x20;

  // RFC 9113 §6.5.2: settings.
  static final int HEADER_TABLE_SIZE = 0x1;
  static final int ENABLE_PUSH = 0x2;
  static final int MAX_CONCURRENT_STREAMS = 0x3;
  static final int INITIAL_WINDOW_SIZE = 0x4;
  static final int MAX_FRAME_SIZE = 0x5;
  static final int MAX_HEADER_LIST_SIZE = 0x6;

  /// Bytes of a frame header (§4.1).
  static final int FRAME_HEADER = 9;

  /// Bytes of one setting in a SETTINGS frame (§6.5.1).
  static final int SETTING = 6;

  /// The window of every stream and of the connection until told otherwise (§6.9.2).
  static final int DEFAULT_WINDOW = 65_535;

  /// The largest window (§6.9.1) and stream identifier (§5.1.1).
  static final int MAX_WINDOW = Integer.MAX_VALUE;

  /// The frame size every peer must accept (§4.2).
  static final int MIN_MAX_FRAME = 16_384;

  /// The largest frame size that can be allowed (§6.5.2).
  static final int MAX_MAX_FRAME = 16_777_215;

  /// The dynamic table's size until told otherwise (§6.5.2).
  static final int DEFAULT_TABLE = 4_096;

  private Wire() {}
}
