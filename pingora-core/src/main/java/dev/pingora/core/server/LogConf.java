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
    return builder().build();
  }

  /// {@return a builder that starts from the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// Collects a [LogConf], one setter per component; confined to one thread.
  public static final class Builder {
    private System.Logger.Level level = System.Logger.Level.INFO;
    private Format format = Format.TEXT;

    private Builder() {}

    /// Sets [LogConf#level].
    public Builder level(System.Logger.Level level) {
      this.level = level;
      return this;
    }

    /// Sets [LogConf#format].
    public Builder format(Format format) {
      this.format = format;
      return this;
    }

    /// {@return the settings collected}
    public LogConf build() {
      return new LogConf(level, format);
    }
  }
}
