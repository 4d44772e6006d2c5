// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/// Looks after files that only their owner should read: keys, and secrets that were logged.
public final class SecretFiles {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private SecretFiles() {}

  /// Warns of a file that its group or everybody can read, whoever these are. Where files have no
  /// such permissions, as on Windows, it says nothing.
  ///
  /// @param what is in the file, as `private key`
  public static void warnIfOpen(Path file, String what) {
    if (isOpen(file)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: others than its owner can read this {1} (expected: mode 0600)",
          file,
          what);
    }
  }

  static boolean isOpen(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.OTHERS_READ)
          || permissions.contains(PosixFilePermission.GROUP_READ);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "permissions of " + file, e);
      return false;
    }
  }
}
