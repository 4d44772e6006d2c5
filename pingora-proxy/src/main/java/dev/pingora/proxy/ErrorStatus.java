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
    if (kind.equals(ErrorKind.NO_HEALTHY_UPSTREAM)
        || kind.equals(ErrorKind.OVER_LIMIT)
        || kind.equals(ErrorKind.CANCELLED)) {
      return 503;
    }
    return switch (error.source()) {
      case UPSTREAM -> isTimeout(kind) ? 504 : 502;
      case DOWNSTREAM -> ofDownstream(kind);
      case INTERNAL -> 500;
    };
  }

  private static int ofDownstream(ErrorKind kind) {
    if (kind.equals(ErrorKind.WRITE_ERROR)
        || kind.equals(ErrorKind.READ_ERROR)
        || kind.equals(ErrorKind.WRITE_TIMEOUT)
        || kind.equals(ErrorKind.CONNECTION_CLOSED)) {
      return NONE;
    }
    return kind.equals(ErrorKind.READ_TIMEOUT) ? 408 : 400;
  }

  private static boolean isTimeout(ErrorKind kind) {
    return kind.equals(ErrorKind.CONNECT_TIMEOUT)
        || kind.equals(ErrorKind.READ_TIMEOUT)
        || kind.equals(ErrorKind.WRITE_TIMEOUT)
        || kind.equals(ErrorKind.TLS_HANDSHAKE_TIMEOUT);
  }
}
