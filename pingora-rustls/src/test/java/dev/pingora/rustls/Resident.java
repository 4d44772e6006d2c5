// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process keeps in memory, as the kernel counts it.
final class Resident {
  private Resident() {}

  /// {@return octets of anonymous memory: heap and native, without what is mapped from files}
  static long bytes() throws IOException {
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("RssAnon:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new IOException("no RssAnon");
  }
}
