// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// The OpenSSLs that tests run with, each loaded once: the system's, and 3.5 out of a Python
/// package that carries it (with a hash in its file names).
enum Libraries {
  SYSTEM,
  NEWER;

  private static final String PACKAGE = "psycopg2-binary==2.9.13";
  private static final String HASH =
      "sha256:930e7e58b33a4f9c39e7532d7a40147925cf3372baed4229cbebe0cf3ba9ce6b";
  private static final Path FOLDER = Path.of("target", "openssl-3.5");

  private static final OpenSslProvider SYSTEM_PROVIDER = new OpenSslProvider();
  private static final OpenSslProvider NEWER_PROVIDER = newer();

  OpenSslProvider provider() {
    return this == SYSTEM ? SYSTEM_PROVIDER : NEWER_PROVIDER;
  }

  OpenSsl library() {
    try {
      return provider().library();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  TlsContext server(ServerTls config) throws IOException {
    return provider().server(config);
  }

  TlsContext client(ClientTls config) throws IOException {
    return provider().client(config);
  }

  private static OpenSslProvider newer() {
    OpenSslProvider provider = new OpenSslProvider();
    try {
      provider.library(unpacked());
    } catch (IOException e) {
      throw new AssertionError("OpenSSL 3.5 for tests cannot be had: " + e.getMessage(), e);
    }
    return provider;
  }

  /// {@return the folder of libssl and libcrypto, got once per build}
  static Path unpacked() throws IOException {
    Path libraries = FOLDER.resolve("lib");
    if (Files.isDirectory(libraries)) {
      return libraries;
    }
    Files.createDirectories(FOLDER);
    Path wheel = download();
    Path fresh = Files.createTempDirectory(FOLDER, "lib");
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(wheel))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (name.matches("lib(ssl|crypto)-[0-9a-f]+\\.so\\.3")) {
          Files.copy(zip, fresh.resolve(name));
        }
      }
    }
    return Files.move(fresh, libraries);
  }

  private static Path download() throws IOException {
    Path list = Files.writeString(FOLDER.resolve("list.txt"), PACKAGE + " --hash=" + HASH + "\n");
    Path log = FOLDER.resolve("pip.log");
    Process pip =
        new ProcessBuilder(
                "python3",
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--implementation=cp",
                "--python-version=3.11",
                "--abi=cp311",
                "--platform=manylinux2014_x86_64",
                "--require-hashes",
                "-r",
                list.toString(),
                "-d",
                FOLDER.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (pip.waitFor() != 0) {
        throw new IOException("pip download " + PACKAGE + " fails:\n" + Files.readString(log));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    try (var files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".whl")).findFirst().orElseThrow();
    }
  }
}
