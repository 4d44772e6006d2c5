// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Names of application protocols (RFC 7301) as every provider wants them.
public final class ProtocolNames {
  private ProtocolNames() {}

  /// {@return the names, each 1 to 255 octets of ISO-8859-1}
  ///
  /// @throws IllegalArgumentException when one is not
  static List<String> checked(List<String> names) {
    for (String name : names) {
      int length = name.length();
      if (length == 0 || length > 255 || name.chars().anyMatch(c -> c > 255)) {
        throw new IllegalArgumentException(
            "ALPN protocol \"" + name + "\" (expected: 1 to 255 octets)");
      }
    }
    return List.copyOf(names);
  }

  /// {@return the names as on the wire: a length octet before each}
  public static byte[] wire(List<String> names) {
    int size = names.stream().mapToInt(name -> 1 + name.length()).sum();
    byte[] wire = new byte[size];
    int at = 0;
    for (String name : names) {
      byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
      wire[at++] = (byte) octets.length;
      System.arraycopy(octets, 0, wire, at, octets.length);
      at += octets.length;
    }
    return wire;
  }
}
