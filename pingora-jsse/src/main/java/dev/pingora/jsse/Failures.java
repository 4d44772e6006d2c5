// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import java.security.cert.CertificateException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What the JDK's exceptions mean. They tell the alert by its name, in their text.
final class Failures {
  /// In the text of the exception or, for an alert in the clear where none is expected any more, of
  /// its cause: OpenSSL 3.0 sends such when it refuses a certificate.
  private static final Pattern RECEIVED =
      Pattern.compile(
          "(?:Received fatal alert: |plaintext alert received: Level: fatal; Alert: )([a-z_]+)");

  /// `(bad_certificate) and more`.
  private static final Pattern NAMED = Pattern.compile("\\(([a-z_]+)\\) (.*)", Pattern.DOTALL);

  /// IANA "TLS Alerts".
  private static final Map<String, Integer> ALERTS =
      Map.ofEntries(
          Map.entry("close_notify", 0),
          Map.entry("unexpected_message", 10),
          Map.entry("bad_record_mac", 20),
          Map.entry("decryption_failed", 21),
          Map.entry("record_overflow", 22),
          Map.entry("decompression_failure", 30),
          Map.entry("handshake_failure", 40),
          Map.entry("no_certificate", 41),
          Map.entry("bad_certificate", 42),
          Map.entry("unsupported_certificate", 43),
          Map.entry("certificate_revoked", 44),
          Map.entry("certificate_expired", 45),
          Map.entry("certificate_unknown", 46),
          Map.entry("illegal_parameter", 47),
          Map.entry("unknown_ca", 48),
          Map.entry("access_denied", 49),
          Map.entry("decode_error", 50),
          Map.entry("decrypt_error", 51),
          Map.entry("export_restriction", 60),
          Map.entry("protocol_version", 70),
          Map.entry("insufficient_security", 71),
          Map.entry("internal_error", 80),
          Map.entry("inappropriate_fallback", 86),
          Map.entry("user_canceled", 90),
          Map.entry("no_renegotiation", 100),
          Map.entry("missing_extension", 109),
          Map.entry("unsupported_extension", 110),
          Map.entry("certificate_unobtainable", 111),
          Map.entry("unrecognized_name", 112),
          Map.entry("bad_certificate_status_response", 113),
          Map.entry("bad_certificate_hash_value", 114),
          Map.entry("unknown_psk_identity", 115),
          Map.entry("certificate_required", 116),
          Map.entry("no_application_protocol", 120));

  private Failures() {}

  static TlsException of(Exception e) {
    String text = String.valueOf(e.getMessage());
    String received = received(e);
    if (received != null) {
      return TlsException.of(Reason.ALERTED, "the peer says " + received, e)
          .withAlert(alert(received));
    }
    Matcher named = NAMED.matcher(text);
    if (!named.matches()) {
      return TlsException.of(reason(e), text, e);
    }
    return TlsException.of(reason(e), named.group(2), e).withAlert(alert(named.group(1)));
  }

  private static @Nullable String received(Exception e) {
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      Matcher alert = RECEIVED.matcher(String.valueOf(cause.getMessage()));
      if (alert.find()) {
        return alert.group(1);
      }
    }
    return null;
  }

  private static int alert(String name) {
    return ALERTS.getOrDefault(name, TlsException.NO_ALERT);
  }

  private static Reason reason(Exception e) {
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return Reason.BAD_CERTIFICATE;
      }
    }
    return e instanceof SSLException ? Reason.HANDSHAKE : Reason.INTERNAL;
  }
}
