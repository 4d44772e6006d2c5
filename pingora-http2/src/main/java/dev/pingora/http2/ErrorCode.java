// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// The error codes of RFC 9113 §7, carried by RST_STREAM and GOAWAY.
///
/// The constants stand in the order of their wire values, so that the ordinal is the value.
public enum ErrorCode {
  /// Not an error: graceful shutdown, or "the rest of your content is not needed" (§8.1).
  NO_ERROR,
  PROTOCOL_ERROR,
  /// The fault is ours.
  INTERNAL_ERROR,
  FLOW_CONTROL_ERROR,
  SETTINGS_TIMEOUT,
  STREAM_CLOSED,
  FRAME_SIZE_ERROR,
  /// Nothing was done with the stream; its request may be sent again (§8.7).
  REFUSED_STREAM,
  CANCEL,
  COMPRESSION_ERROR,
  CONNECT_ERROR,
  /// The peer costs more than it is worth; see `FloodGuard`.
  ENHANCE_YOUR_CALM,
  INADEQUATE_SECURITY,
  /// The request is to be made over HTTP/1.1 instead.
  HTTP_1_1_REQUIRED;

  private static final ErrorCode[] BY_WIRE = values();

  /// {@return the code with this value on the wire}
  ///
  /// RFC 9113 §7: unknown codes must not trigger special behaviour and may be treated as
  /// INTERNAL_ERROR, which is what they become here.
  public static ErrorCode of(int wire) {
    return wire >= 0 && wire < BY_WIRE.length ? BY_WIRE[wire] : INTERNAL_ERROR;
  }

  /// {@return the value on the wire}
  public int wire() {
    return ordinal();
  }
}
