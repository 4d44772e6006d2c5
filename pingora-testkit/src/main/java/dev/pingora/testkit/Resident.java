// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What is kept in memory, as the kernel counts it.
public final class Resident {
  /// The Java heap lies below: within 32 GiB, so that references to it are short.
  private static final long HEAP_END = 1L << 40;

  private Resident() {}

  /// {@return octets of anonymous memory, without the Java heap}
  public static long bytes() throws IOException {
    long sum = 0;
    boolean counts = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      int dash = line.indexOf('-');
      if (dash > 0 && line.indexOf(':') > dash) {
        counts = Long.parseUnsignedLong(line.substring(0, dash), 16) >= HEAP_END;
      } else if (counts && line.startsWith("Anonymous:")) {
        sum += Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return sum;
  }

  /// {@return memory of the process that is its own, the Java heap too, in KiB} After a collection.
  public static long ownKib() throws IOException {
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("RssAnon:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new AssertionError("no RssAnon");
  }
}
