// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whether a certificate is for a name (RFC 9525 §6): only its subjectAltName counts.
final class PeerNames {
  private static final int DNS = 2;
  private static final int ADDRESS = 7;
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  private PeerNames() {}

  /// @param alternative also accepted; null for none
  /// @throws CertificateException when the certificate is for neither
  static void check(X509Certificate certificate, String name, @Nullable String alternative)
      throws CertificateException {
    Collection<List<?>> given = certificate.getSubjectAlternativeNames();
    List<String> accepted = accepted(name, alternative);
    if (given != null) {
      for (List<?> entry : given) {
        if (entry.get(0) instanceof Integer kind
            && entry.get(1) instanceof String text
            && accepted.stream().anyMatch(each -> matches(kind, text, each))) {
          return;
        }
      }
    }
    throw new CertificateException(
        "the certificate is not for " + String.join(" or ", accepted) + ", but for " + given);
  }

  private static List<String> accepted(String name, @Nullable String alternative) {
    List<String> accepted = new ArrayList<>(List.of(name));
    String dashed = withDashes(name);
    if (!dashed.equals(name)) {
      accepted.add(dashed);
    }
    if (alternative != null) {
      accepted.add(alternative);
    }
    return accepted;
  }

  /// {@return the name with `-` for `_` in its first label, if there are at least three labels}
  ///
  /// Host names have no underscores, so certificates for them are hard to get: `a_b.example.com`
  /// may show one for `a-b.example.com`.
  static String withDashes(String name) {
    int dot = name.indexOf('.');
    return dot > 0 && name.indexOf('.', dot + 1) > 0
        ? name.substring(0, dot).replace('_', '-') + name.substring(dot)
        : name;
  }

  private static boolean matches(int kind, String given, String name) {
    return switch (kind) {
      case DNS -> !isAddress(name) && matchesDns(given, name);
      case ADDRESS -> isAddress(name) && address(given).equals(address(name));
      default -> false;
    };
  }

  /// RFC 9525 §6.3: a wildcard is the whole left-most label, and stands for one label. As other
  /// libraries we want two labels behind it.
  static boolean matchesDns(String given, String name) {
    String pattern = given.toLowerCase(Locale.ROOT);
    String wanted = name.toLowerCase(Locale.ROOT);
    if (!pattern.startsWith("*.")) {
      return pattern.indexOf('*') < 0 && pattern.equals(wanted);
    }
    String suffix = pattern.substring(1);
    int dot = wanted.indexOf('.');
    return dot > 0
        && suffix.indexOf('.', 1) > 0
        && suffix.indexOf('*') < 0
        && wanted.substring(dot).equals(suffix);
  }

  /// {@return whether a name is an IP address} Without a look-up.
  static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || IPV4.matcher(name).matches();
  }

  /// {@return the address, or the text itself when it only looks like one}
  private static Object address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return text; // 300.1.1.1
    }
  }
}
