// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Reads names in certificates.
final class DistinguishedNames {
  private DistinguishedNames() {}

  /// {@return the organization of a name, null for none}
  static @Nullable String organization(X500Principal name) {
    try {
      for (Rdn rdn : new LdapName(name.getName(X500Principal.RFC2253)).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("O") && rdn.getValue() instanceof String text) {
          return text;
        }
      }
    } catch (InvalidNameException e) {
      return null;
    }
    return null;
  }

  /// {@return how OpenSSL calls a kind of alternative name (RFC 5280 §4.2.1.6)}
  static String kind(int number) {
    return switch (number) {
      case 1 -> "email";
      case 2 -> "DNS";
      case 6 -> "URI";
      case 7 -> "IP";
      default -> "other";
    };
  }
}
