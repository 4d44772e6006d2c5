// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import java.util.Set;

/// Tells errors of s2n-tls apart.
final class Failures {
  /// Of `s2n_error_type`.
  private static final int IO = 1;

  private static final int CLOSED = 2;
  private static final int BLOCKED = 3;
  private static final int ALERT = 4;

  private static final int CLOSE_NOTIFY = 0;

  /// Nobody's protocol error.
  private static final Set<String> OURS =
      Set.of(
          "S2N_ERR_ALLOC",
          "S2N_ERR_REALLOC",
          "S2N_ERR_OPEN_RANDOM",
          "S2N_ERR_RANDOM_UNINITIALIZED",
          "S2N_ERR_IO",
          "S2N_ERR_SIGN");

  /// What is wrong with certificates, beside S2N_ERR_CERT_…
  private static final Set<String> CERTIFICATES =
      Set.of(
          "S2N_ERR_NO_CERT_FOUND",
          "S2N_ERR_MISSING_CLIENT_CERT",
          "S2N_ERR_DECODE_CERTIFICATE",
          "S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT");

  private Failures() {}

  /// {@return whether more input is all it takes}
  static boolean isBlocked(S2n library, int error) {
    return library.calls.errorType(error) == BLOCKED;
  }

  /// {@return whether a callback failed}
  static boolean isIo(S2n library, int error) {
    return library.calls.errorType(error) == IO;
  }

  /// {@return the failure of a connection}
  static TlsException of(S2n library, int error, long connection) {
    String name = library.name(error);
    String text = library.text(error);
    return switch (library.calls.errorType(error)) {
      case ALERT ->
          TlsException.of(Reason.ALERTED, text).withAlert(library.connections.alert(connection));
      // It says so in place of any alert.
      case CLOSED -> TlsException.of(Reason.ALERTED, text).withAlert(CLOSE_NOTIFY);
      default -> TlsException.of(reason(name), text + " (" + name + ")");
    };
  }

  private static Reason reason(String name) {
    if (name.startsWith("S2N_ERR_CERT_") || CERTIFICATES.contains(name)) {
      return Reason.BAD_CERTIFICATE;
    }
    return OURS.contains(name) ? Reason.INTERNAL : Reason.HANDSHAKE;
  }
}
