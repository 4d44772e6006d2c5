// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.tls.CertifiedKey;
import dev.pingora.tls.SelfSigned;
import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/// The certificate of the demo: made at each start, gone at its end. Nobody trusts it.
///
/// @param folder readable by its owner only
record DemoCertificate(Path folder) {
  private static final Duration VALIDITY = Duration.ofDays(7);

  /// {@return a new one, in files}
  static DemoCertificate make() throws IOException {
    CertifiedKey made = SelfSigned.of(List.of("localhost", "127.0.0.1", "::1"), VALIDITY);
    DemoCertificate files = new DemoCertificate(Files.createTempDirectory("pingora-demo"));
    try {
      Files.writeString(Path.of(files.cert()), pem("CERTIFICATE", made.chainDer().getFirst()));
    } catch (TlsException e) {
      throw new IllegalStateException("a certificate made here has DER", e);
    }
    write(Path.of(files.key()), pem("PRIVATE KEY", made.pkcs8()));
    return files;
  }

  private static void write(Path file, String secret) throws IOException {
    Path made = Files.createTempFile(file.getParent(), "key", ""); // for its owner only
    Files.writeString(made, secret);
    Files.move(made, file);
  }

  private static String pem(String label, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  String cert() {
    return folder.resolve("cert.pem").toString();
  }

  String key() {
    return folder.resolve("key.pem").toString();
  }

  void delete() {
    try {
      Files.deleteIfExists(Path.of(cert()));
      Files.deleteIfExists(Path.of(key()));
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      System.getLogger("dev.pingora.gateway")
          .log(System.Logger.Level.DEBUG, "the demo leaves {0}", folder);
    }
  }
}
