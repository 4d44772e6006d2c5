// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// What an OCSP response to staple (RFC 6960 §4.2) says of one certificate.
///
/// Only what tells a right file from a wrong one: that it is a response, whose it is, what it says
/// and for how long. Its signature is for clients to check.
///
/// @param status of the certificate
/// @param nextUpdate when there should be a newer one; null when it does not say
public record OcspResponse(Status status, @Nullable Instant nextUpdate) {
  private static final int ENUMERATED = 0x0a;
  private static final int GENERALIZED_TIME = 0x18;

  /// A context-specific tag 0, 1 or 2, constructed; and its form without content of its own.
  private static final int TAGGED = 0xa0;

  private static final int PLAIN_TAGGED = 0x80;

  private static final byte[] SHA1 = HexFormat.of().parseHex("06052b0e03021a");
  private static final byte[] SHA256 = HexFormat.of().parseHex("0609608648016503040201");

  /// RFC 6960 §4.2.2.1: times have seconds and no fraction, and end in Z.
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'");

  /// What became of a certificate.
  public enum Status {
    GOOD,
    REVOKED,
    UNKNOWN
  }

  /// {@return what a response says of a certificate}
  ///
  /// @param response DER
  /// @param place how messages call it: its file
  /// @throws TlsException CONFIGURATION when it is no successful response, or not about this
  ///   certificate
  public static OcspResponse of(byte[] response, X509Certificate certificate, String place)
      throws TlsException {
    try {
      ByteBuffer answers = answers(ByteBuffer.wrap(response));
      while (answers.hasRemaining()) {
        ByteBuffer answer = need(Der.next(answers, Der.SEQUENCE));
        if (isAbout(need(Der.next(answer, Der.SEQUENCE)), certificate)) {
          return new OcspResponse(status(answer), nextUpdate(answer));
        }
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, place + ": no OCSP response: " + e.getMessage(), e);
    }
    throw TlsException.of(
        TlsException.Reason.CONFIGURATION,
        place
            + ": an OCSP response about another certificate than that of "
            + certificate.getSubjectX500Principal().getName());
  }

  /// ```
  /// OCSPResponse ::= SEQUENCE { status ENUMERATED, [0] SEQUENCE { type OID, OCTET STRING } }
  /// BasicOCSPResponse ::= SEQUENCE { SEQUENCE { version [0]?, responder [1] or [2],
  ///     producedAt GeneralizedTime, SEQUENCE OF SingleResponse, … }, … }
  /// ```
  private static ByteBuffer answers(ByteBuffer octets) {
    ByteBuffer response = need(Der.next(octets, Der.SEQUENCE));
    if (octets.hasRemaining()) {
      throw new IllegalArgumentException("octets behind its end");
    }
    BigInteger status = new BigInteger(octets(need(Der.next(response, ENUMERATED))));
    if (status.signum() != 0) {
      throw new IllegalArgumentException("its responder failed with status " + status);
    }
    ByteBuffer bytes = need(Der.next(need(Der.next(response, TAGGED)), Der.SEQUENCE));
    need(Der.next(bytes, Der.OBJECT_IDENTIFIER));
    ByteBuffer basic = need(Der.next(need(Der.next(bytes, Der.OCTET_STRING)), Der.SEQUENCE));
    ByteBuffer data = need(Der.next(basic, Der.SEQUENCE));
    Der.next(data, TAGGED);
    if (Der.next(data, TAGGED | 1) == null) {
      need(Der.next(data, TAGGED | 2));
    }
    need(Der.next(data, GENERALIZED_TIME));
    return need(Der.next(data, Der.SEQUENCE));
  }

  private static ByteBuffer need(@Nullable ByteBuffer element) {
    if (element == null) {
      throw new IllegalArgumentException("something is missing");
    }
    return element;
  }

  /// `CertID ::= SEQUENCE { SEQUENCE { hash OID, … }, name OCTET STRING, key OCTET STRING, serial
  /// }`
  private static boolean isAbout(ByteBuffer id, X509Certificate certificate) {
    ByteBuffer algorithm = need(Der.next(id, Der.SEQUENCE));
    byte[] name = octets(need(Der.next(id, Der.OCTET_STRING)));
    need(Der.next(id, Der.OCTET_STRING));
    BigInteger serial = new BigInteger(octets(need(Der.next(id, Der.INTEGER))));
    if (!serial.equals(certificate.getSerialNumber())) {
      return false;
    }
    String hash = hashName(octets(algorithm));
    byte[] issuer = certificate.getIssuerX500Principal().getEncoded();
    return hash == null || MessageDigest.isEqual(name, hash(hash, issuer));
  }

  /// {@return the name of the hash; null for one that nobody uses, with which the serial number
  /// must do}
  private static @Nullable String hashName(byte[] algorithm) {
    if (startsWith(algorithm, SHA1)) {
      return "SHA-1";
    }
    return startsWith(algorithm, SHA256) ? "SHA-256" : null;
  }

  private static boolean startsWith(byte[] octets, byte[] start) {
    return octets.length >= start.length
        && ByteBuffer.wrap(octets, 0, start.length).equals(ByteBuffer.wrap(start));
  }

  private static byte[] hash(String algorithm, byte[] octets) {
    try {
      return MessageDigest.getInstance(algorithm).digest(octets);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  /// `CertStatus ::= CHOICE { good [0] NULL, revoked [1] …, unknown [2] NULL }`
  private static Status status(ByteBuffer answer) {
    if (Der.next(answer, PLAIN_TAGGED) != null) {
      return Status.GOOD;
    }
    if (Der.next(answer, TAGGED | 1) != null) {
      return Status.REVOKED;
    }
    need(Der.next(answer, PLAIN_TAGGED | 2));
    return Status.UNKNOWN;
  }

  /// `thisUpdate GeneralizedTime, nextUpdate [0] GeneralizedTime OPTIONAL`
  private static @Nullable Instant nextUpdate(ByteBuffer answer) {
    need(Der.next(answer, GENERALIZED_TIME));
    ByteBuffer next = Der.next(answer, TAGGED);
    if (next == null) {
      return null;
    }
    byte[] text = octets(need(Der.next(next, GENERALIZED_TIME)));
    return LocalDateTime.parse(new String(text, StandardCharsets.ISO_8859_1), TIME)
        .toInstant(ZoneOffset.UTC);
  }

  private static byte[] octets(ByteBuffer element) {
    byte[] octets = new byte[element.remaining()];
    element.get(octets);
    return octets;
  }

  /// {@return whether it is too old to be shown (RFC 6960 §4.2.2.1)}
  public boolean isExpired(Instant now) {
    Instant next = nextUpdate;
    return next != null && next.isBefore(now);
  }
}
