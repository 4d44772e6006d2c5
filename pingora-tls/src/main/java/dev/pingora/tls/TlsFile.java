// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads the files that configurations name: certificates, keys, what is stapled.
public final class TlsFile {
  /// Largest file read, in octets: bundles of all public roots are a quarter of it.
  static final long MAX_BYTES = 1 << 20;

  private TlsFile() {}

  /// {@return the octets of a file}
  ///
  /// @throws TlsException CONFIGURATION, naming the file and why it cannot be read
  public static byte[] read(Path file) throws TlsException {
    try {
      // Others, such as a named pipe, might keep whoever reads them for ever.
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw unreadable(file, "it is no regular file", null);
      }
      if (Files.size(file) > MAX_BYTES) {
        throw unreadable(file, "it is larger than " + MAX_BYTES + " octets", null);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw e instanceof TlsException known ? known : unreadable(file, why(e), e);
    }
  }

  private static String why(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    return e instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  private static TlsException unreadable(Path file, String why, @Nullable IOException cause) {
    String message = "cannot read " + file + ": " + why;
    return cause == null
        ? TlsException.of(TlsException.Reason.CONFIGURATION, message)
        : TlsException.of(TlsException.Reason.CONFIGURATION, message, cause);
  }
}
