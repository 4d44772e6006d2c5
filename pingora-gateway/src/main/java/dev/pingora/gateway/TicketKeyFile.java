// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A file of ticket keys that may change while the gateway runs. One that cannot be used changes
/// nothing, and each reason for that is told once. Used by one thread at a time.
final class TicketKeyFile {
  private static final System.Logger LOG = System.getLogger("dev.pingora.gateway");

  private final String name;
  private final Path file;
  private final TicketKeys keys;
  private final BiConsumer<System.Logger.Level, String> log;

  /// What is wrong with the file, as last told; null when it is well.
  private @Nullable String told;

  /// @param name of the keys, for the log
  TicketKeyFile(String name, Path file, TicketKeys keys) {
    this(name, file, keys, (level, line) -> LOG.log(level, "{0}", line));
  }

  /// @param log takes what is to be told
  TicketKeyFile(
      String name, Path file, TicketKeys keys, BiConsumer<System.Logger.Level, String> log) {
    this.name = name;
    this.file = file.toAbsolutePath();
    this.keys = keys;
    this.log = log;
  }

  /// Takes the keys that are in the file now, if it can be used.
  void look() {
    try {
      keys.replaceIfOther(TlsFiles.ticketKeys(file));
      if (told != null) {
        told = null;
        log.accept(System.Logger.Level.INFO, name + ": " + file + " can be used again");
      }
    } catch (TlsException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.equals(told)) {
        told = why;
        log.accept(System.Logger.Level.WARNING, name + ": the old keys stay: " + why);
      }
    }
  }
}
