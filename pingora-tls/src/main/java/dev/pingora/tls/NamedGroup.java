// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.util.Optional;

/// Key exchange groups (IANA "TLS Supported Groups").
public enum NamedGroup {
  SECP256R1(0x0017, "secp256r1"),
  SECP384R1(0x0018, "secp384r1"),
  SECP521R1(0x0019, "secp521r1"),
  X25519(0x001d, "x25519"),
  X448(0x001e, "x448"),
  SECP256R1MLKEM768(0x11eb, "SecP256r1MLKEM768"),
  /// X25519 and ML-KEM-768 together: safe also against a quantum computer that comes later.
  X25519MLKEM768(0x11ec, "X25519MLKEM768");

  private final int code;
  private final String text;

  NamedGroup(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /// {@return the number on the wire}
  public int code() {
    return code;
  }

  /// {@return IANA's name}
  @Override
  public String toString() {
    return text;
  }

  /// {@return the group of this number, empty for those we do not know}
  public static Optional<NamedGroup> of(int code) {
    for (NamedGroup group : values()) {
      if (group.code == code) {
        return Optional.of(group);
      }
    }
    return Optional.empty();
  }

  /// {@return the group of this name: IANA's, or OpenSSL's `P-256`, `prime256v1` and the like}
  public static Optional<NamedGroup> named(String name) {
    for (NamedGroup group : values()) {
      if (group.text.equalsIgnoreCase(name)) {
        return Optional.of(group);
      }
    }
    return switch (name) {
      case "P-256", "prime256v1" -> Optional.of(SECP256R1);
      case "P-384" -> Optional.of(SECP384R1);
      case "P-521" -> Optional.of(SECP521R1);
      default -> Optional.empty();
    };
  }
}
