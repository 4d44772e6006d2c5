// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// The library inside of the aws-crt artifact, for a moment as a file that can be loaded.
///
/// The artifact is a dependency at run time only, and none of its Java is ever used: loading the
/// library does not start it. The file is in a folder of its own that nobody else may enter, and is
/// deleted once it is loaded.
final class PackedLibrary implements AutoCloseable {
  private static final String NAME = "libaws-crt-jni.so";

  /// SHA-256 of those that the tests ran with, or that are built from the same sources.
  private static final Map<String, String> KNOWN =
      Map.of(
          "661e33d17fa11d6c4fe38a5aa0aab467d2858f1c545471b0117622103b609f9e",
          "0.50.0",
          "4fe2c896773abb7f1114fb59c1eb98e188cb06d138311e90074494756aab4c85",
          "0.50.0",
          "843d5f2f44a8029d53c01d1baae207851b443fea23762bcf7bc5c25c446ae98a",
          "0.50.0",
          "c58dc57756d0e62873a0fde6e5fa37b7405d8e51cfef79ac45f1c2b70c9dc7df",
          "0.50.0");

  /// @param path of the program loader below the root
  private record Loader(String path, String platform) {}

  /// glibc first: musl may be installed beside it, the other way round is not done.
  private static final List<Loader> LOADERS =
      List.of(
          new Loader("lib64/ld-linux-x86-64.so.2", "linux/x86_64/glibc"),
          new Loader("lib/ld-linux-aarch64.so.1", "linux/armv8/glibc"),
          new Loader("lib/ld-musl-x86_64.so.1", "linux/x86_64/musl"),
          new Loader("lib/ld-musl-aarch64.so.1", "linux/armv8/musl"));

  private final Path folder;
  private final Path file;
  private final String version;

  private PackedLibrary(Path folder, Path file, String version) {
    this.folder = folder;
    this.file = file;
    this.version = version;
  }

  /// {@return the library as a file}
  ///
  /// @param platform folder inside of the artifact, see [#platforms]
  /// @throws TlsException CONFIGURATION when there is none for this platform, or it cannot be
  ///   written
  static PackedLibrary unpack(String platform) throws TlsException {
    byte[] library = resource(platform + "/" + NAME);
    try {
      Path folder = Files.createTempDirectory("pingora-s2n", owner());
      Path file = folder.resolve(NAME);
      PackedLibrary unpacked = new PackedLibrary(folder, file, version(library));
      Files.createFile(file, owner());
      Files.write(file, library);
      return unpacked;
    } catch (IOException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, "s2n: cannot unpack the library: " + e, e);
    }
  }

  private static byte[] resource(String path) throws TlsException {
    // On the module path as on the class path: the folder is no package, so nobody hides it.
    try (InputStream in = ClassLoader.getSystemResourceAsStream(path)) {
      if (in == null) {
        throw TlsException.of(
            TlsException.Reason.CONFIGURATION,
            "s2n: no "
                + path
                + " (expected: software.amazon.awssdk.crt:aws-crt on the module path, with"
                + " --add-modules ALL-MODULE-PATH, on Linux)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, "s2n: cannot read the library: " + e, e);
    }
  }

  private static String version(byte[] library) throws TlsException {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(library);
      return KNOWN.getOrDefault(HexFormat.of().formatHex(sum), "of unknown version");
    } catch (NoSuchAlgorithmException e) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "no SHA-256", e);
    }
  }

  private static FileAttribute<?> owner() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }

  /// {@return folders inside of the artifact whose libraries this system could load} Told by the
  /// program loader, whose place each platform's ABI fixes.
  static List<String> platforms(Path root) {
    return LOADERS.stream()
        .filter(loader -> Files.exists(root.resolve(loader.path())))
        .map(Loader::platform)
        .toList();
  }

  Path file() {
    return file;
  }

  /// {@return the version of the artifact it is of}
  String version() {
    return version;
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
