// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.ffm;

import static java.util.Objects.requireNonNull;

import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A library that was packed into a module, for a moment as a file that can be loaded.
///
/// It lies in `META-INF/native/<system>-<architecture>` beside its SHA-256, which is compared
/// first: half a library must not be loaded. The file is in a folder of its own that nobody else
/// may enter, and is deleted once it is loaded.
public final class PackedLibrary implements AutoCloseable {
  /// Systems and architectures as builds call them. Those of another architecture do not load.
  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-aarch64", "macos-aarch64", "macos-x86_64");

  private final Path folder;
  private final Path file;

  private PackedLibrary(Path folder, Path file) {
    this.folder = folder;
    this.file = file;
  }

  /// {@return the library as a file, to be closed once it is loaded; empty when there is none for
  /// this system}
  ///
  /// @param owner a class of the module it is packed into
  /// @param product how messages call it
  /// @param library its name, without what the system puts around it
  /// @throws TlsException CONFIGURATION when it is damaged or cannot be written
  public static Optional<PackedLibrary> unpack(Class<?> owner, String product, String library)
      throws TlsException {
    requireNonNull(product, "product");
    String name = System.mapLibraryName(library);
    for (String platform : PLATFORMS) {
      // Not asked by the architecture's name, of which there are several: a build packs one.
      String place = "/META-INF/native/" + platform + "/" + name;
      byte[] octets = resource(owner, place, product);
      byte[] sum = resource(owner, place + ".sha256", product);
      if (octets != null && sum != null) {
        check(octets, new String(sum, StandardCharsets.US_ASCII), product);
        return Optional.of(write(octets, name, product));
      }
    }
    return Optional.empty();
  }

  private static PackedLibrary write(byte[] octets, String name, String product)
      throws TlsException {
    try {
      Path folder =
          Files.createTempDirectory("pingora-" + product.toLowerCase(Locale.ROOT), owner());
      Path file = folder.resolve(name);
      PackedLibrary unpacked = new PackedLibrary(folder, file);
      Files.createFile(file, owner());
      Files.write(file, octets);
      return unpacked;
    } catch (IOException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, product + ": cannot unpack the library: " + e, e);
    }
  }

  /// Compares with the first word of a line as `sha256sum` writes it.
  static void check(byte[] library, String line, String product) throws TlsException {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(library);
      if (!line.startsWith(HexFormat.of().formatHex(sum) + " ")) {
        throw TlsException.of(
            TlsException.Reason.CONFIGURATION,
            product + ": the library in this module is damaged (its SHA-256 differs)");
      }
    } catch (NoSuchAlgorithmException e) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "no SHA-256", e);
    }
  }

  private static byte @Nullable [] resource(Class<?> owner, String place, String product)
      throws TlsException {
    try (InputStream in = owner.getResourceAsStream(place)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, product + ": cannot read the library: " + e, e);
    }
  }

  private static FileAttribute<?>[] owner() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /// {@return the file, until this is closed}
  public Path file() {
    return file;
  }

  /// Deletes the file; what is loaded stays.
  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // A file is left behind in the folder for such: no reason to go without TLS.
    }
  }
}
