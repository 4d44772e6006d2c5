// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// The error codes of RFC 9113 §7, carried by RST_STREAM and GOAWAY.
public enum ErrorCode {
  /// Not an error: graceful shutdown, or "the rest of your content is not needed" (§8.1).
  NO_ERROR(0x0),
  PROTOCOL_ERROR(0x1),
  /// The fault is ours.
  INTERNAL_ERROR(0x2),
  FLOW_CONTROL_ERROR(0x3),
  SETTINGS_TIMEOUT(0x4),
  STREAM_CLOSED(0x5),
  FRAME_SIZE_ERROR(0x6),
  /// Nothing was done with the stream; its request may be sent again (§8.7).
  REFUSED_STREAM(0x7),
  CANCEL(0x8),
  COMPRESSION_ERROR(0x9),
  CONNECT_ERROR(0xa),
  /// The peer costs more than it is worth; see `FloodGuard`.
  ENHANCE_YOUR_CALM(0xb),
  INADEQUATE_SECURITY(0xc),
  /// The request is to be made over HTTP/1.1 instead.
  HTTP_1_1_REQUIRED(0xd);

  private static final ErrorCode[] BY_WIRE = values();

  private final int wire;

  ErrorCode(int wire) {
    this.wire = wire;
  }

  /// {@return the code with this value on the wire}
  ///
  /// RFC 9113 §7: unknown codes must not trigger special behaviour and may be treated as
  /// INTERNAL_ERROR, which is what they become here.
  public static ErrorCode of(int wire) {
    // The constants stand in the order of their values, without a gap.
    return wire >= 0 && wire < BY_WIRE.length ? BY_WIRE[wire] : INTERNAL_ERROR;
  }

  /// {@return the value on the wire}
  public int wire() {
    return wire;
  }
}
