// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Why TLS cannot go on. The session is of no more use, but for what it still has to say: its alert
/// waits in [TlsSession#drain].
public final class TlsException extends IOException {
  private static final long serialVersionUID = 1L;

  /// No alert was sent or received.
  public static final int NO_ALERT = -1;

  private final Reason reason;
  private final int alert;
  private final long holdNanos;

  /// What kind of trouble it is.
  public enum Reason {
    /// The provider cannot do what was configured, or files do not fit. Before any connection.
    CONFIGURATION,
    /// The peer broke the protocol, or nothing in common could be negotiated.
    HANDSHAKE,
    /// We refused the peer's certificate.
    BAD_CERTIFICATE,
    /// The peer sent a fatal alert.
    ALERTED,
    /// The peer's direction ended without close_notify (RFC 8446 §6.1): octets may be missing.
    TRUNCATED,
    /// The library failed in a way that is nobody's protocol error.
    INTERNAL
  }

  private TlsException(
      Reason reason, int alert, long holdNanos, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = requireNonNull(reason, "reason");
    this.alert = alert;
    this.holdNanos = holdNanos;
  }

  /// {@return a failure of this kind}
  ///
  /// @param message what happened, in the library's words where it has some
  public static TlsException of(Reason reason, String message) {
    return new TlsException(reason, NO_ALERT, 0, message, null);
  }

  /// {@return a failure of this kind}
  public static TlsException of(Reason reason, String message, Throwable cause) {
    return new TlsException(reason, NO_ALERT, 0, message, cause);
  }

  /// {@return the same, with the alert that was received ([Reason#ALERTED]) or is sent}
  ///
  /// @param description its number (IANA "TLS Alerts"), 0..255
  public TlsException withAlert(int description) {
    return new TlsException(reason, description, holdNanos, text(), getCause());
  }

  /// {@return the same, to be told to the peer no sooner than that} Against timing attacks (s2n's
  /// "blinding"): the transport stays open and silent meanwhile.
  public TlsException heldFor(long nanos) {
    return new TlsException(reason, alert, nanos, text(), getCause());
  }

  private String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  public Reason reason() {
    return reason;
  }

  /// {@return the alert received or sent, [#NO_ALERT] when there is none or it is not known}
  public int alert() {
    return alert;
  }

  /// {@return for how long the transport must not be closed, nor the alert sent; mostly 0}
  public long holdNanos() {
    return holdNanos;
  }
}
