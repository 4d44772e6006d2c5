// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import java.time.Duration;
import java.util.List;

/// The keys of the `limits:` block, and the bounds of the bounds.
final class LimitsKeys {
  /// Longest time that can be asked for; more is a mistake.
  static final Duration MAX_TIME = Duration.ofHours(24);

  static final ValueType<Integer> LINE = Values.intBytes(64, 1 << 20);
  static final ValueType<Integer> SECTION = Values.intBytes(256, 16 << 20);
  static final ValueType<Integer> FIELDS = Values.integer(1, 10_000);
  static final ValueType<Integer> TRAILER = Values.intBytes(0, 16 << 20);
  static final ValueType<Integer> CHUNK_LINE = Values.intBytes(16, 1 << 20);
  static final ValueType<Long> CONTENT = Values.bytes(0, Long.MAX_VALUE);
  static final ValueType<Duration> TIME = Values.duration(Duration.ZERO, MAX_TIME);
  static final ValueType<Long> DRAIN = Values.bytes(0, 1L << 30);
  static final ValueType<Integer> REQUESTS = Values.integer(0, Integer.MAX_VALUE);
  static final ValueType<Long> BUFFERED = Values.bytes(1 << 20, 1L << 40);

  /// The inner block `drain: { bytes: …, time: … }`.
  private static final Block<Limits.Builder, Limits> DRAIN_BLOCK =
      Block.of(
          Limits::builder,
          Limits.Builder::build,
          List.of(
              Key.of(
                  "bytes",
                  DRAIN,
                  Limits::drainBytes,
                  Limits.Builder::drainBytes,
                  "At most so much; 0 = close at once"),
              Key.of(
                  "time", TIME, Limits::drainTime, Limits.Builder::drainTime, "At most so long")));

  static final Block<Limits.Builder, Limits> BLOCK =
      Block.of(
          Limits::builder,
          Limits.Builder::build,
          List.of(
              Key.of(
                  "request_line",
                  LINE,
                  Limits::requestLineBytes,
                  Limits.Builder::requestLineBytes,
                  "Longest request line; over it 414"),
              Key.of(
                  "header_section",
                  SECTION,
                  Limits::headerSectionBytes,
                  Limits.Builder::headerSectionBytes,
                  "Longest header section; over it 431"),
              Key.of(
                  "header_fields",
                  FIELDS,
                  Limits::headerFields,
                  Limits.Builder::headerFields,
                  "Most field lines of a request; over it 431"),
              Key.of(
                  "trailer_section",
                  TRAILER,
                  Limits::trailerSectionBytes,
                  Limits.Builder::trailerSectionBytes,
                  "Longest trailer section"),
              Key.of(
                  "chunk_line",
                  CHUNK_LINE,
                  Limits::chunkLineBytes,
                  Limits.Builder::chunkLineBytes,
                  "Longest chunk-size line with its extensions"),
              Key.of(
                  "request_content",
                  CONTENT,
                  Limits::requestContentBytes,
                  Limits.Builder::requestContentBytes,
                  "Longest request content; over it 413; 0 = no limit"),
              Key.of(
                  "header_timeout",
                  TIME,
                  Limits::headerTimeout,
                  Limits.Builder::headerTimeout,
                  "From the first byte to the end of the header section; over it 408; 0s = none"),
              Key.of(
                  "idle_timeout",
                  TIME,
                  Limits::idleTimeout,
                  Limits.Builder::idleTimeout,
                  "Between requests; 0s = none"),
              Key.of(
                  "content_timeout",
                  TIME,
                  Limits::contentTimeout,
                  Limits.Builder::contentTimeout,
                  "Between two reads of content; 0s = none"),
              Key.of(
                  "write_timeout",
                  TIME,
                  Limits::writeTimeout,
                  Limits.Builder::writeTimeout,
                  "Between two successful writes; 0s = none"),
              Key.group(
                  "drain",
                  DRAIN_BLOCK,
                  "Unread request content that is read before the connection is closed instead"),
              Key.of(
                  "requests_per_connection",
                  REQUESTS,
                  Limits::requestsPerConnection,
                  Limits.Builder::requestsPerConnection,
                  "Requests after which a connection is closed; 0 = no limit"),
              Key.of(
                  "buffered_bytes",
                  BUFFERED,
                  Limits::bufferedBytes,
                  Limits.Builder::bufferedBytes,
                  "All buffers of the process; above it reading pauses, then requests get 503")));

  private LimitsKeys() {}
}
