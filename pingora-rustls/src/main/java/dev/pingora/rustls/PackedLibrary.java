// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

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
import org.jspecify.annotations.Nullable;

/// The library that was packed into this module, for a moment as a file that can be loaded.
///
/// It lies in `META-INF/native/<system>-<architecture>` beside its SHA-256, which is compared
/// first: half a library must not be loaded. The file is in a folder of its own that nobody else
/// may enter, and is deleted once it is loaded.
final class PackedLibrary implements AutoCloseable {
  /// Systems and architectures as `build.sh` calls them. A module has one of them, or more: those
  /// of another architecture do not load.
  static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-aarch64", "macos-aarch64", "macos-x86_64");

  private final Path folder;
  private final Path file;

  private PackedLibrary(Path folder, Path file) {
    this.folder = folder;
    this.file = file;
  }

  /// {@return the library as a file}
  ///
  /// @param platform one of [#PLATFORMS]
  /// @throws TlsException CONFIGURATION when there is none for this platform, it is damaged, or
  ///   cannot be written
  static PackedLibrary unpack(String platform) throws TlsException {
    byte[] library = resource(platform, fileName());
    byte[] sum = resource(platform, fileName() + ".sha256");
    if (library == null || sum == null) {
      throw absent();
    }
    check(library, new String(sum, StandardCharsets.US_ASCII));
    try {
      Path folder = Files.createTempDirectory("pingora-rustls", owner());
      Path file = folder.resolve(fileName());
      PackedLibrary unpacked = new PackedLibrary(folder, file);
      Files.createFile(file, owner());
      Files.write(file, library);
      return unpacked;
    } catch (IOException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, "rustls: cannot unpack the library: " + e, e);
    }
  }

  /// {@return that there is none}
  static TlsException absent() {
    return TlsException.of(
        TlsException.Reason.CONFIGURATION,
        "rustls is not in this build: built without cargo (install Rust 1.85 or newer, and build"
            + " again; ./pingora asks for it with PINGORA_NATIVE_TLS=1)");
  }

  /// Compares with the first word of a line as `sha256sum` writes it.
  static void check(byte[] library, String line) throws TlsException {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(library);
      if (!line.startsWith(HexFormat.of().formatHex(sum) + " ")) {
        throw TlsException.of(
            TlsException.Reason.CONFIGURATION,
            "rustls: the library in this module is damaged (its SHA-256 differs)");
      }
    } catch (NoSuchAlgorithmException e) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "no SHA-256", e);
    }
  }

  private static byte @Nullable [] resource(String platform, String name) throws TlsException {
    try (InputStream in = PackedLibrary.class.getResourceAsStream(place(platform, name))) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, "rustls: cannot read the library: " + e, e);
    }
  }

  private static FileAttribute<?>[] owner() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /// {@return whether a library is packed for this platform, under the name that this system wants}
  static boolean has(String platform) {
    return PackedLibrary.class.getResource(place(platform, fileName())) != null;
  }

  private static String place(String platform, String name) {
    return "/META-INF/native/" + platform + "/" + name;
  }

  static String fileName() {
    return System.mapLibraryName("tlsrustls");
  }

  Path file() {
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
