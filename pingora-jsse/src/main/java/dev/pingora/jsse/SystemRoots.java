// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import dev.pingora.tls.Certificates;
import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/// The certificates that the system trusts.
final class SystemRoots {
  /// Where systems keep them: Debian and Alpine, Red Hat, SUSE, macOS and BSD.
  private static final List<Path> BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  private SystemRoots() {}

  /// {@return the system's; empty when it has none, and the JDK's own are to be taken}
  static List<X509Certificate> read() throws TlsException {
    return read(BUNDLES);
  }

  static List<X509Certificate> read(List<Path> places) throws TlsException {
    for (Path place : places) {
      if (Files.isReadable(place)) {
        try {
          return Certificates.ofPem(
              Files.readString(place, StandardCharsets.ISO_8859_1), place.toString());
        } catch (IOException e) {
          throw TlsException.of(
              TlsException.Reason.CONFIGURATION, "cannot read " + place + ": " + e.getMessage(), e);
        }
      }
    }
    return List.of();
  }
}
