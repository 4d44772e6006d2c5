// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The looks of a line of the access log: `combined`, `json`, or a template with `%`.
///
/// | in a template | stands for |
/// |---|---|
/// | `%h` | client address |
/// | `%l`, `%u` | `-`, for readers of the common log format |
/// | `%t` | `[21/Nov/2026:02:27:23 +0000]`, when the request began, UTC |
/// | `%r` | request line: method, target, version; `-` for what was no request and was refused |
/// | `%m`, `%U`, `%H` | method, target, version |
/// | `%v` | host asked for |
/// | `%s` | status code; `-` when no response was sent |
/// | `%b` | content bytes sent; `-` for none |
/// | `%I` | content bytes received |
/// | `%D`, `%T` | duration in microseconds; in seconds with three decimals |
/// | `%{Referer}i`, `%{User-Agent}i`, `%{Host}i` | that field of the request |
/// | `%{upstream}x`, `%{attempts}x`, `%{error}x` | last server tried, how many, what went wrong |
/// | `%{tls_version}x`, `%{tls_cipher}x`, `%{tls_name}x` | what TLS agreed on; the name asked for |
/// | `%{tls_client}x` | subject of the client's certificate |
/// | `%%` | a percent sign |
///
/// Immutable; [#append] may be called by one thread at a time, whichever.
final class AccessLogFormat {
  static final String FORM = "combined, json or a template with %h %t %r %s %b …";

  private static final String COMBINED =
      "%h %l %u %t \"%r\" %s %b \"%{Referer}i\" \"%{User-Agent}i\"";

  /// Those that [#named] knows.
  static final List<String> NAMED =
      List.of(
          "%{Referer}i",
          "%{User-Agent}i",
          "%{Host}i",
          "%{upstream}x",
          "%{attempts}x",
          "%{error}x",
          "%{tls_version}x",
          "%{tls_cipher}x",
          "%{tls_name}x",
          "%{tls_client}x");

  private static final DateTimeFormatter CLF_TIME =
      DateTimeFormatter.ofPattern("'['dd/MMM/yyyy:HH:mm:ss Z']'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /// One piece of a line.
  private interface Piece {
    void append(AccessLogEntry entry, StringBuilder out);
  }

  private final String name;
  private final List<Piece> pieces;

  private AccessLogFormat(String name, List<Piece> pieces) {
    this.name = name;
    this.pieces = List.copyOf(pieces);
  }

  static AccessLogFormat combined() {
    return new AccessLogFormat("combined", pieces(COMBINED));
  }

  static AccessLogFormat json() {
    return new AccessLogFormat("json", List.of(AccessLogFormat::appendJson));
  }

  /// {@return the format that `text` names or describes}
  ///
  /// @throws IllegalArgumentException with what is wrong
  static AccessLogFormat parse(String text) {
    return switch (text) {
      case "combined" -> combined();
      case "json" -> json();
      case String template -> template(template);
    };
  }

  private static AccessLogFormat template(String text) {
    if (text.indexOf('%') < 0) {
      throw new IllegalArgumentException("is \"" + text + "\"");
    }
    if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new IllegalArgumentException("holds a control character");
    }
    return new AccessLogFormat(text, pieces(text));
  }

  /// Appends the line of an entry, without a line feed.
  void append(AccessLogEntry entry, StringBuilder out) {
    for (Piece piece : pieces) {
      piece.append(entry, out);
    }
  }

  private static List<Piece> pieces(String text) {
    List<Piece> pieces = new ArrayList<>();
    int done = 0;
    for (int at = text.indexOf('%'); at >= 0; at = text.indexOf('%', done)) {
      literal(text.substring(done, at), pieces);
      if (text.startsWith("%{", at)) {
        int close = text.indexOf('}', at);
        if (close < 0 || close + 1 == text.length()) {
          throw new IllegalArgumentException("has %{ without }i or }x");
        }
        done = close + 2;
        pieces.add(named(text.substring(at, done)));
      } else {
        done = Math.min(at + 2, text.length());
        pieces.add(letter(text.substring(at, done)));
      }
    }
    literal(text.substring(done), pieces);
    return pieces;
  }

  private static void literal(String text, List<Piece> pieces) {
    if (!text.isEmpty()) {
      pieces.add((_, out) -> out.append(text));
    }
  }

  private static Piece letter(String code) {
    return switch (code) {
      case "%h" -> (e, out) -> LogText.plain(e.client(), out);
      case "%l", "%u" -> (_, out) -> out.append('-');
      case "%t" -> (e, out) -> CLF_TIME.formatTo(Instant.ofEpochMilli(e.timeMillis()), out);
      case "%r" -> AccessLogFormat::appendRequestLine;
      case "%m" -> (e, out) -> LogText.plain(e.method(), out);
      case "%U" -> (e, out) -> LogText.plain(e.target(), out);
      case "%H" -> (e, out) -> LogText.plain(e.version(), out);
      case "%v" -> (e, out) -> LogText.plain(e.host(), out);
      case "%s" -> (e, out) -> appendCount(e.status(), out);
      case "%b" -> (e, out) -> appendCount(e.responseBytes(), out);
      case "%I" -> (e, out) -> out.append(e.requestBytes());
      case "%D" -> (e, out) -> out.append(e.durationNanos() / 1_000);
      case "%T" -> (e, out) -> appendSeconds(e.durationNanos(), out);
      case "%%" -> (_, out) -> out.append('%');
      case String other -> throw new IllegalArgumentException("has the unknown " + other);
    };
  }

  private static Piece named(String code) {
    return switch (code.toLowerCase(Locale.ROOT)) {
      case "%{referer}i" -> (e, out) -> LogText.plain(e.referer(), out);
      case "%{user-agent}i" -> (e, out) -> LogText.plain(e.userAgent(), out);
      case "%{host}i" -> (e, out) -> LogText.plain(e.host(), out);
      case "%{upstream}x" -> (e, out) -> LogText.plain(e.upstream(), out);
      case "%{attempts}x" -> (e, out) -> out.append(e.attempts());
      case "%{error}x" -> (e, out) -> LogText.plain(e.error(), out);
      case "%{tls_version}x" -> tls(AccessLogEntry.Tls::version);
      case "%{tls_cipher}x" -> tls(AccessLogEntry.Tls::cipher);
      case "%{tls_name}x" -> tls(AccessLogEntry.Tls::name);
      case "%{tls_client}x" -> tls(AccessLogEntry.Tls::client);
      case String _ ->
          throw new IllegalArgumentException(
              "has the unknown " + code + ", not one of " + String.join(", ", NAMED));
    };
  }

  private static Piece tls(Function<AccessLogEntry.Tls, @Nullable String> part) {
    return (e, out) -> LogText.plain(e.tls() == null ? null : part.apply(e.tls()), out);
  }

  private static void appendRequestLine(AccessLogEntry e, StringBuilder out) {
    if (e.method() == null) {
      out.append('-');
      return;
    }
    LogText.plain(e.method(), out);
    LogText.plain(e.target(), out.append(' '));
    LogText.plain(e.version(), out.append(' '));
  }

  private static void appendCount(long count, StringBuilder out) {
    if (count == 0) {
      out.append('-');
    } else {
      out.append(count);
    }
  }

  private static void appendSeconds(long nanos, StringBuilder out) {
    long millis = nanos / 1_000_000;
    out.append(millis / 1000).append('.');
    long rest = millis % 1000;
    out.append(rest / 100).append(rest / 10 % 10).append(rest % 10);
  }

  private static void appendJson(AccessLogEntry e, StringBuilder out) {
    Instant time = Instant.ofEpochMilli(e.timeMillis()).truncatedTo(ChronoUnit.MILLIS);
    out.append("{\"time\":\"").append(time).append('"');
    text("client", e.client(), out);
    text("method", e.method(), out);
    text("target", e.target(), out);
    text("version", e.version(), out);
    text("host", e.host(), out);
    number("status", e.status(), out);
    number("request_bytes", e.requestBytes(), out);
    number("response_bytes", e.responseBytes(), out);
    number("duration_us", e.durationNanos() / 1_000, out);
    text("referer", e.referer(), out);
    text("user_agent", e.userAgent(), out);
    text("upstream", e.upstream(), out);
    number("attempts", e.attempts(), out);
    text("error", e.error(), out);
    AccessLogEntry.Tls tls = e.tls();
    if (tls != null) {
      text("tls_version", tls.version(), out);
      text("tls_cipher", tls.cipher(), out);
      text("tls_name", tls.name(), out);
      text("tls_client", tls.client(), out);
    }
    out.append('}');
  }

  private static void text(String key, @Nullable String value, StringBuilder out) {
    LogText.json(value, out.append(",\"").append(key).append("\":"));
  }

  private static void number(String key, long value, StringBuilder out) {
    out.append(",\"").append(key).append("\":").append(value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AccessLogFormat format && format.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /// {@return the text form}
  @Override
  public String toString() {
    return name;
  }
}
