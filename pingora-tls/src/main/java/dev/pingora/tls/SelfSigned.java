// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// Makes certificates that vouch for themselves, for demonstrations and tests: nobody trusts them
/// who is not told to.
public final class SelfSigned {
  private static final byte[] ECDSA_SHA256 = hex("06082a8648ce3d040302");
  private static final byte[] COMMON_NAME = hex("0603550403");
  private static final byte[] ALTERNATIVE_NAME = hex("0603551d11");
  private static final byte[] BASIC_CONSTRAINTS = hex("0603551d13");
  private static final byte[] KEY_USAGE = hex("0603551d0f");
  private static final byte[] EXTENDED_KEY_USAGE = hex("0603551d25");
  private static final byte[] SERVER_AUTH = hex("06082b06010505070301");
  private static final byte[] TRUE = {1, 1, (byte) 0xff};

  private static final int BIT_STRING = 0x03;
  private static final int UTF8_STRING = 0x0c;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int UTC_TIME = 0x17;
  private static final int SET = 0x31;
  private static final int DNS_NAME = 0x82;
  private static final int IP_ADDRESS = 0x87;
  private static final int VERSION = 0xa0;
  private static final int EXTENSIONS = 0xa3;

  /// From here on times have four digits of year (RFC 5280 §4.1.2.5).
  private static final int GENERALIZED_FROM = 2050;

  private SelfSigned() {}

  /// {@return a certificate with a new P-256 key}
  ///
  /// @param names DNS names and IP addresses it is for, the first its common name too
  /// @param validity from an hour ago, for clocks that are slow, to so long from now
  public static CertKey of(List<String> names, Duration validity) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      byte[] body = body(names, validity, pair.getPublic().getEncoded());
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(pair.getPrivate());
      signature.update(body);
      byte[] certificate =
          Der.of(
              Der.SEQUENCE,
              body,
              Der.of(Der.SEQUENCE, ECDSA_SHA256),
              Der.of(BIT_STRING, new byte[] {0}, signature.sign()));
      return CertKey.of(
          List.of(Certificates.parse(certificate, "a certificate made here")),
          pair.getPrivate(),
          "a certificate made here");
    } catch (GeneralSecurityException | TlsException e) {
      throw new IllegalStateException("every JDK can make P-256 certificates", e);
    }
  }

  /// `TBSCertificate` of RFC 5280 §4.1.
  private static byte[] body(List<String> names, Duration validity, byte[] publicKey) {
    byte[] serial = new byte[16];
    new SecureRandom().nextBytes(serial);
    byte[] name = name(names.getFirst());
    Instant now = Instant.now();
    return Der.of(
        Der.SEQUENCE,
        Der.of(VERSION, Der.of(Der.INTEGER, new byte[] {2})),
        Der.of(Der.INTEGER, new BigInteger(1, serial).toByteArray()),
        Der.of(Der.SEQUENCE, ECDSA_SHA256),
        name,
        Der.of(Der.SEQUENCE, time(now.minus(Duration.ofHours(1))), time(now.plus(validity))),
        name,
        publicKey,
        Der.of(EXTENSIONS, Der.of(Der.SEQUENCE, extensions(names))));
  }

  private static byte[] name(String commonName) {
    byte[] text = Der.of(UTF8_STRING, commonName.getBytes(StandardCharsets.UTF_8));
    return Der.of(Der.SEQUENCE, Der.of(SET, Der.of(Der.SEQUENCE, COMMON_NAME, text)));
  }

  private static byte[] time(Instant instant) {
    boolean general = instant.atZone(ZoneOffset.UTC).getYear() >= GENERALIZED_FROM;
    String pattern = general ? "yyyyMMddHHmmss'Z'" : "yyMMddHHmmss'Z'";
    String text =
        DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC).format(instant);
    return Der.of(general ? GENERALIZED_TIME : UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[][] extensions(List<String> names) {
    List<byte[]> alternatives = new ArrayList<>();
    for (String name : names) {
      alternatives.add(alternative(name));
    }
    byte[] digitalSignature = {7, (byte) 0x80};
    return new byte[][] {
      extension(BASIC_CONSTRAINTS, true, Der.of(Der.SEQUENCE)),
      extension(KEY_USAGE, true, Der.of(BIT_STRING, digitalSignature)),
      extension(EXTENDED_KEY_USAGE, false, Der.of(Der.SEQUENCE, SERVER_AUTH)),
      extension(ALTERNATIVE_NAME, false, Der.of(Der.SEQUENCE, alternatives.toArray(new byte[0][])))
    };
  }

  private static byte[] alternative(String name) {
    if (name.matches("[0-9.]+") || name.indexOf(':') >= 0) {
      try {
        return Der.of(
            IP_ADDRESS, InetAddress.getByName(name).getAddress()); // a literal: no look-up
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("\"" + name + "\" is no IP address", e);
      }
    }
    return Der.of(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] extension(byte[] type, boolean critical, byte[] value) {
    byte[] octets = Der.of(Der.OCTET_STRING, value);
    return critical ? Der.of(Der.SEQUENCE, type, TRUE, octets) : Der.of(Der.SEQUENCE, type, octets);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
