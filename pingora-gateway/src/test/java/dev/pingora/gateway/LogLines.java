// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Keeps what the engine says, until closed. Thread-safe.
final class LogLines extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.pingora.core");
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private LogLines(Level least) {
    logger.setLevel(least);
    logger.addHandler(this);
  }

  /// {@return the lines from here on}
  static LogLines from(Level least) {
    return new LogLines(least);
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(null);
  }

  /// {@return those that contain a text}
  List<String> of(String part) {
    return lines.stream().filter(line -> line.contains(part)).toList();
  }

  void clear() {
    lines.clear();
  }
}
