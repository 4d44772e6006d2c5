// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where libssl and libcrypto are.
///
/// @param crypto loaded first, so that libssl finds it and no other
record LibraryFiles(Path ssl, Path crypto) {
  /// Where systems keep them: Debian's kind, Fedora's kind, Alpine, by hand, Homebrew.
  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib/aarch64-linux-gnu",
          "/usr/lib64",
          "/usr/lib",
          "/lib",
          "/usr/local/lib64",
          "/usr/local/lib",
          "/opt/homebrew/opt/openssl@3/lib",
          "/usr/local/opt/openssl@3/lib");

  private static final String ADVICE =
      "install the package libssl3 (Debian), openssl-libs (Fedora) or libssl3 (Alpine)";

  /// {@return the libraries to load}
  ///
  /// @param given libssl, or the folder of both; null = where systems keep them
  /// @throws TlsException CONFIGURATION when there are none
  static LibraryFiles find(@Nullable Path given) throws TlsException {
    if (given == null) {
      return search(FOLDERS.stream().map(Path::of).toList())
          .orElseThrow(
              () -> missing("no libssl.so.3 with libcrypto.so.3 in " + FOLDERS + ": " + ADVICE));
    }
    Path at = given.toAbsolutePath();
    Path folder = Files.isDirectory(at) ? at : at.getParent();
    LibraryFiles pair =
        search(folder == null ? List.of() : List.of(folder))
            .orElseThrow(() -> missing("no libssl with libcrypto at " + given));
    return Files.isRegularFile(at) ? new LibraryFiles(at, pair.crypto) : pair;
  }

  /// {@return both, as they are loaded}
  Dialect.Parts parts() {
    return new Dialect.Parts(List.of(crypto, ssl), ssl.toString(), () -> {});
  }

  private static TlsException missing(String what) {
    return TlsException.of(TlsException.Reason.CONFIGURATION, "OpenSSL: " + what);
  }

  private static Optional<LibraryFiles> search(List<Path> folders) throws TlsException {
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        Optional<Path> ssl = library(folder, "libssl");
        Optional<Path> crypto = library(folder, "libcrypto");
        if (ssl.isPresent() && crypto.isPresent()) {
          return Optional.of(new LibraryFiles(ssl.get(), crypto.get()));
        }
      }
    }
    return Optional.empty();
  }

  /// {@return the library of this name} Copies inside of packages carry a hash in theirs, such as
  /// `libssl-8bd944e8.so.3`; a plain name comes first.
  private static Optional<Path> library(Path folder, String name) throws TlsException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(
              file -> file.getFileName().toString().matches(name + "[^.]*(\\.so\\.3|\\.3\\.dylib)"))
          .sorted()
          .forEach(found::add);
    } catch (IOException e) {
      throw missing("cannot read " + folder + ": " + e.getMessage());
    }
    return found.stream()
        .filter(file -> file.getFileName().toString().startsWith(name + "."))
        .findFirst()
        .or(() -> found.stream().findFirst());
  }
}
