// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.TlsException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/// Failures in the words of the JDK.
final class SslFailures {
  private SslFailures() {}

  /// {@return what the JDK's engine would throw}
  ///
  /// @param negotiated whether the handshake was complete
  static SSLException of(TlsException e, boolean negotiated) {
    String message = e.getMessage() == null ? e.reason().toString() : e.getMessage();
    return switch (e.reason()) {
      case HANDSHAKE -> negotiated ? new SSLException(message, e) : handshake(message, e);
      case ALERTED -> {
        String received = "Received fatal alert " + e.alert() + ": " + message;
        yield negotiated ? new SSLException(received, e) : handshake(received, e);
      }
      case BAD_CERTIFICATE -> handshake(message, e);
      case CONFIGURATION, TRUNCATED, INTERNAL -> new SSLException(message, e);
    };
  }

  /// {@return a failure of the handshake}
  static SSLHandshakeException handshake(String message, Throwable cause) {
    return new SSLHandshakeException(message, cause);
  }
}
