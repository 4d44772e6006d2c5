// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.server.ShutdownWatch;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.services.Service;
import dev.pingora.core.tls.SecretFiles;
import dev.pingora.tls.KeyLog;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Appends TLS secrets to a file, off the loops: lines wait in a bounded queue, and those beyond it
/// are lost.
final class KeyLogFile implements KeyLog {
  private static final int MAX_WAITING = 10_000;
  private static final FileAttribute<?>[] ANYBODY = {};
  private static final FileAttribute<?>[] OWNER_ONLY = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
  };

  private final Path file;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(MAX_WAITING);

  KeyLogFile(Path file) {
    this.file = file;
  }

  @Override
  @SuppressWarnings("ReturnValueIgnored") // a full queue loses lines
  public void log(String line) {
    var _ = lines.offer(line);
  }

  /// {@return what writes the lines}
  Service service() {
    return BackgroundService.of("TLS key log", this::write);
  }

  private void write(ShutdownWatch shutdown) throws IOException, InterruptedException {
    try (var out = open()) {
      while (!shutdown.isShuttingDown()) {
        String line = lines.poll(1, TimeUnit.SECONDS);
        for (; line != null; line = lines.poll()) {
          out.write(line);
          out.newLine();
        }
        out.flush();
      }
    }
  }

  /// Who reads the file reads all connections: a new one is its owner's only, of one that is there
  /// and open to others it is said so. Systems without such permissions have their own defaults.
  BufferedWriter open() throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes = posix ? OWNER_ONLY : ANYBODY;
    Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    var channel = Files.newByteChannel(file, options, attributes);
    SecretFiles.warnIfOpen(file, "log of TLS secrets");
    return new BufferedWriter(Channels.newWriter(channel, StandardCharsets.US_ASCII));
  }
}
