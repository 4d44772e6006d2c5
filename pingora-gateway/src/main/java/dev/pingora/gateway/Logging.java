// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.server.LogConf;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// The process's log: one line an event to stderr, ours and Netty's alike (both end in
/// `java.util.logging`). Only a fault of our own brings its stack along, in the same record.
final class Logging {
  private Logging() {}

  /// Takes over the JVM's log. Once, at start.
  static void configure(LogConf conf) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    Handler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(new OneLine(conf.format() == LogConf.Format.JSON));
    root.addHandler(handler);
    root.setLevel(level(conf.level()));
  }

  private static Level level(System.Logger.Level level) {
    return switch (level) {
      case ALL, TRACE -> Level.FINER;
      case DEBUG -> Level.FINE;
      case INFO -> Level.INFO;
      case WARNING -> Level.WARNING;
      case ERROR -> Level.SEVERE;
      case OFF -> Level.OFF;
    };
  }

  /// `2026-11-21T04:05:06.789Z WARNING dev.pingora.proxy what happened`, or the same as JSON.
  static final class OneLine extends Formatter {
    private final boolean json;

    OneLine(boolean json) {
      this.json = json;
    }

    @Override
    public String format(LogRecord event) {
      Instant time = event.getInstant().truncatedTo(ChronoUnit.MILLIS);
      String level = event.getLevel().getName();
      String name = String.valueOf(event.getLoggerName());
      String text = formatMessage(event);
      Throwable thrown = event.getThrown();
      String whole = thrown == null ? text : text + "\n" + stack(thrown).stripTrailing();
      return json
          ? "{\"time\":\"%s\",\"level\":\"%s\",\"logger\":%s,\"message\":%s}%n"
              .formatted(time, level, quoted(name), quoted(whole))
          : time + " " + level + " " + name + " " + escaped(text) + tail(thrown) + "\n";
    }

    private static String tail(Throwable thrown) {
      return thrown == null ? "" : "\n" + stack(thrown).stripTrailing();
    }

    private static String stack(Throwable thrown) {
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text, true));
      return text.toString();
    }

    /// No message begins a line of its own.
    private static String escaped(String text) {
      StringBuilder out = new StringBuilder(text.length());
      text.chars()
          .forEach(c -> out.append(c < ' ' || c == 0x7f ? "\\x%02x".formatted(c) : (char) c));
      return out.toString();
    }

    private static String quoted(String text) {
      StringBuilder out = new StringBuilder("\"");
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        switch (c) {
          case '"', '\\' -> out.append('\\').append(c);
          case '\n' -> out.append("\\n");
          default -> out.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
        }
      }
      return out.append('"').toString();
    }
  }
}
