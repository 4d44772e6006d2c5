// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http2.Http2Error.ConnectionError;
import dev.pingora.http2.Http2Error.Origin;

/// Carries a connection error from the place that notices it to [Http2Connection#receive].
///
/// It never leaves the package. It has no stack trace: a hostile peer causes it at will, and the
/// reason names the rule. Stream errors are not thrown, because the rest of the frame still has to
/// be read.
final class ConnectionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ConnectionError error;

  ConnectionException(ErrorCode code, String reason) {
    super(reason, null, false, false);
    error = new ConnectionError(code, Origin.LOCAL, reason);
  }

  ConnectionError error() {
    return error;
  }

  static ConnectionException protocol(String reason) {
    return new ConnectionException(ErrorCode.PROTOCOL_ERROR, reason);
  }

  static ConnectionException frameSize(String reason) {
    return new ConnectionException(ErrorCode.FRAME_SIZE_ERROR, reason);
  }

  static ConnectionException compression(String reason) {
    return new ConnectionException(ErrorCode.COMPRESSION_ERROR, reason);
  }

  static ConnectionException flood(String reason) {
    return new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, reason);
  }
}
