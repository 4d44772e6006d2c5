// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;

/// Which status answers a failure. A pure function.
final class ErrorStatus {
  /// Nobody is there to be answered.
  static final int NONE = 0;

  private ErrorStatus() {}

  static int of(ProxyException error) {
    ErrorKind kind = error.kind();
    if (kind.isStatus()) {
      return kind.code();
    }
    if (kind == ErrorKind.NO_HEALTHY_UPSTREAM
        || kind == ErrorKind.OVER_LIMIT
        || kind == ErrorKind.CANCELLED) {
      return 503;
    }
    return switch (error.source()) {
      case UPSTREAM -> isTimeout(kind) ? 504 : 502;
      case DOWNSTREAM -> ofDownstream(kind);
      case INTERNAL -> 500;
    };
  }

  private static int ofDownstream(ErrorKind kind) {
    if (kind == ErrorKind.WRITE_ERROR
        || kind == ErrorKind.READ_ERROR
        || kind == ErrorKind.WRITE_TIMEOUT
        || kind == ErrorKind.CONNECTION_CLOSED) {
      return NONE;
    }
    return kind == ErrorKind.READ_TIMEOUT ? 408 : 400;
  }

  private static boolean isTimeout(ErrorKind kind) {
    return kind == ErrorKind.CONNECT_TIMEOUT
        || kind == ErrorKind.READ_TIMEOUT
        || kind == ErrorKind.WRITE_TIMEOUT
        || kind == ErrorKind.TLS_HANDSHAKE_TIMEOUT;
  }
}
