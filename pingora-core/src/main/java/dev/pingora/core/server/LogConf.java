// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import java.util.Objects;

/// How log lines are written: the `log:` block. They go to stderr, or to `error_log`.
///
/// @param level lines below it are not written
/// @param format how a line looks
public record LogConf(System.Logger.Level level, Format format) {

  /// The looks of a log line.
  public enum Format {
    /// For people: time, level, logger, message.
    TEXT,
    /// For machines: one JSON object per line.
    JSON
  }

  /// Refuses null components.
  public LogConf {
    Objects.requireNonNull(level, "level");
    Objects.requireNonNull(format, "format");
  }

  /// {@return text at level INFO}
  public static LogConf defaults() {
    return new LogConf(System.Logger.Level.INFO, Format.TEXT);
  }
}
