// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Backends from a file, watched:
///
/// ```
/// servers:
///   - 10.0.0.1:80
///   - { address: "10.0.0.2:80", weight: 3, zone: b }
/// ```
///
/// The file is looked at again and again, and read when its time or its size has changed. A file
/// that is missing, malformed or empty changes nothing: replace it by renaming another over it, so
/// that nobody reads half of it. Called by one thread at a time.
public final class FileDiscovery implements Discovery {
  /// Larger files are refused.
  public static final long MAX_BYTES = 16 << 20;

  private final Path file;
  private final Duration every;
  private @Nullable Stamp stamp;
  private @Nullable Discovered last;

  private record Stamp(FileTime time, long size, @Nullable Object key) {}

  private FileDiscovery(Path file, Duration every) {
    this.file = file;
    this.every = Upkeep.requirePeriod("every", every);
  }

  /// {@return a discovery that looks at a file every second}
  public static FileDiscovery of(Path file) {
    return of(file, Duration.ofSeconds(1));
  }

  /// {@return a discovery that looks at a file every so often}
  public static FileDiscovery of(Path file, Duration every) {
    return new FileDiscovery(file, every);
  }

  /// {@return the servers that a file names now} Blocks.
  ///
  /// @throws ConfigurationException with every problem of its text
  /// @throws IOException when it cannot be read, or is too large
  public static List<Backend> read(Path file) throws IOException, ConfigurationException {
    // Others, such as a named pipe, might keep whoever reads them for ever.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException(file + " is no regular file");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return ServerList.parse(text, file.toString());
  }

  @Override
  public Discovered discover(LoopCalls loops) throws IOException, ConfigurationException {
    Stamp now = stamp();
    Discovered known = last;
    if (known != null && now.equals(stamp)) {
      return known;
    }
    Discovered found = new Discovered(read(file), Map.of(), every);
    last = found;
    stamp = now; // as it was before reading: a change meanwhile is seen next time
    return found;
  }

  private Stamp stamp() throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    } catch (NoSuchFileException e) {
      throw new IOException(file + " does not exist", e);
    }
  }

  @Override
  public String toString() {
    return "file " + file;
  }
}
