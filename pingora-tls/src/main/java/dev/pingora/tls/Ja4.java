// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The JA4 fingerprint of a TLS client: what kind of software it is, whatever it says of itself
/// (FoxIO, "JA4: TLS Client Fingerprinting").
public final class Ja4 {
  private static final int SERVER_NAME = 0;
  private static final int ALPN = 16;
  private static final int HASH_DIGITS = 12;
  private static final String NOTHING = "0".repeat(HASH_DIGITS);

  private Ja4() {}

  /// {@return the fingerprint of a client that came over TCP, such as
  /// `t13d1516h2_8daaf6152771_e5627efa2ab1`}
  public static String of(ClientHello hello) {
    List<Integer> suites = meaningful(hello.suites());
    List<Integer> extensions = meaningful(hello.extensions());
    String sorted = sortedHex(suites.stream());
    String sortedExtensions =
        sortedHex(extensions.stream().filter(type -> type != SERVER_NAME && type != ALPN));
    String schemes = hex(meaningful(hello.signatureSchemes()).stream());
    return "t"
        + version(hello)
        + (hello.extensions().contains(SERVER_NAME) ? "d" : "i")
        + count(suites)
        + count(extensions)
        + protocol(hello.alpn())
        + "_"
        + hash(sorted)
        + "_"
        + (extensions.isEmpty()
            ? NOTHING
            : hash(schemes.isEmpty() ? sortedExtensions : sortedExtensions + "_" + schemes));
  }

  private static String version(ClientHello hello) {
    int newest =
        meaningful(hello.versions()).stream()
            .mapToInt(Integer::intValue)
            .max()
            .orElse(hello.legacyVersion());
    return switch (newest) {
      case 0x0304 -> "13";
      case 0x0303 -> "12";
      case 0x0302 -> "11";
      case 0x0301 -> "10";
      case 0x0300 -> "s3";
      case 0x0002 -> "s2";
      default -> "00";
    };
  }

  private static String count(List<Integer> numbers) {
    int n = Math.min(numbers.size(), 99);
    return n < 10 ? "0" + n : Integer.toString(n);
  }

  /// First and last character of the first protocol; of its octets' hexadecimal form if one of them
  /// is neither letter nor digit.
  private static String protocol(List<String> alpn) {
    if (alpn.isEmpty() || alpn.getFirst().isEmpty()) {
      return "00";
    }
    String name = alpn.getFirst();
    char first = name.charAt(0);
    char last = name.charAt(name.length() - 1);
    if (isAlphanumeric(first) && isAlphanumeric(last)) {
      return "" + first + last;
    }
    String octets = HexFormat.of().formatHex(name.getBytes(StandardCharsets.ISO_8859_1));
    return "" + octets.charAt(0) + octets.charAt(octets.length() - 1);
  }

  private static boolean isAlphanumeric(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private static List<Integer> meaningful(List<Integer> numbers) {
    return numbers.stream().filter(number -> !ClientHello.isGrease(number)).toList();
  }

  private static String sortedHex(Stream<Integer> numbers) {
    return hex(numbers.sorted());
  }

  private static String hex(Stream<Integer> numbers) {
    return numbers
        .map(number -> HexFormat.of().toHexDigits(number.shortValue()))
        .collect(Collectors.joining(","));
  }

  private static String hash(String text) {
    if (text.isEmpty()) {
      return NOTHING;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
