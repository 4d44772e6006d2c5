// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.SelfSigned;
import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/// A certificate for this machine that vouches for itself, and its key, as PEM files: for the demo,
/// and to try TLS with. Nobody trusts it who is not told to.
///
/// @param folder where they are
record SelfSignedFiles(Path folder) {
  private static final Duration VALIDITY = Duration.ofDays(7);

  /// Writes a new certificate and its key; the key can be read by its owner only.
  ///
  /// @throws FileAlreadyExistsException when one of them is there already; then nothing is changed
  static SelfSignedFiles write(Path folder) throws IOException {
    SelfSignedFiles files = new SelfSignedFiles(folder);
    CertKey made = SelfSigned.of(List.of("localhost", "127.0.0.1", "::1"), VALIDITY);
    Files.createDirectories(folder);
    for (Path file : List.of(files.certificate(), files.privateKey())) {
      if (Files.exists(file)) {
        throw new FileAlreadyExistsException(file + " is there already");
      }
    }
    try {
      Files.writeString(files.certificate(), pem("CERTIFICATE", made.chainDer().getFirst()));
    } catch (TlsException e) {
      throw new IllegalStateException("a certificate made here has DER", e);
    }
    Path key = Files.createTempFile(folder, "key", ""); // for its owner only
    Files.writeString(key, pem("PRIVATE KEY", made.pkcs8()));
    Files.move(key, files.privateKey());
    return files;
  }

  private static String pem(String label, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  Path certificate() {
    return folder.resolve("cert.pem");
  }

  Path privateKey() {
    return folder.resolve("key.pem");
  }

  /// Deletes them and their folder.
  void delete() {
    try {
      Files.deleteIfExists(certificate());
      Files.deleteIfExists(privateKey());
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      System.getLogger("dev.pingora.gateway")
          .log(System.Logger.Level.DEBUG, "{0} is not deleted: {1}", folder, e);
    }
  }
}
