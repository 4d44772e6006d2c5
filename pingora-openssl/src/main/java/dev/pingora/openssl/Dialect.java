// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.util.Objects.requireNonNull;

import dev.pingora.tls.Capability;
import dev.pingora.tls.TlsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A library with OpenSSL's interface: OpenSSL itself, or one that descends from it.
///
/// What such a library does otherwise is for native code beside it to put right, under names with a
/// prefix: the Java side calls the same functions of all.
///
/// @param id the provider's, in configurations
/// @param name how messages call the library
/// @param prefix a function whose name begins with this takes the place of the one without it;
///   empty for none
/// @param lacks what it cannot do, whatever its version
/// @param fips what of it is validated (FIPS 140-3)
/// @param source where it is
public record Dialect(
    String id, String name, String prefix, Set<Capability> lacks, String fips, Source source) {
  /// OpenSSL, of the system unless it is told where.
  static final Dialect OPENSSL =
      new Dialect(
          "openssl",
          "OpenSSL",
          "",
          Set.of(
              Capability.PSK,
              Capability.BLINDING,
              Capability.SECURITY_POLICY,
              // Ed25519 signs messages, and of those OpenSSL's methods of keys see only digests.
              Capability.REMOTE_KEYS_ED25519),
          "no; OpenSSL's FIPS provider (validated for 3.0.8, 3.0.9, 3.1.2) by openssl.cnf",
          given -> LibraryFiles.find(given).parts());

  public Dialect {
    requireNonNull(id, "id");
    requireNonNull(name, "name");
    requireNonNull(prefix, "prefix");
    lacks = Set.copyOf(lacks);
    requireNonNull(fips, "fips");
    requireNonNull(source, "source");
  }

  /// Finds a library; asked once per provider.
  public interface Source {
    /// {@return the files to load}
    ///
    /// @param given a file, or its folder; null = wherever it is kept
    /// @throws TlsException CONFIGURATION when there are none, and how to get them
    Parts find(@Nullable Path given) throws TlsException;
  }

  /// The files of a library.
  ///
  /// @param files in the order of loading; the last is where it is said to come from
  /// @param origin where it came from, for people
  /// @param release called once they are loaded, or failed to
  public record Parts(List<Path> files, String origin, Runnable release) {
    public Parts {
      files = List.copyOf(files);
      requireNonNull(origin, "origin");
      requireNonNull(release, "release");
    }
  }
}
