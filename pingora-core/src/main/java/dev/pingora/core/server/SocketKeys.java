// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import java.time.Duration;
import java.util.List;

/// The keys of a listener's `socket:` block.
final class SocketKeys {
  static final ValueType<Integer> BACKLOG = Values.integer(1, 65_535);
  static final ValueType<Integer> FASTOPEN = Values.integer(0, 65_535);
  static final ValueType<Integer> DSCP = Values.integer(0, 63);
  static final ValueType<Integer> BUFFER = Values.intBytes(0, 1 << 30);

  /// The kernel counts idle time and interval in whole seconds, up to 32767 of them.
  static final ValueType<Duration> PROBES =
      Values.duration(Duration.ofSeconds(1), Duration.ofSeconds(32_767))
          .map(SocketKeys::wholeSeconds, d -> d);

  static final ValueType<Integer> COUNT = Values.integer(1, 127);
  static final ValueType<Duration> USER_TIMEOUT =
      Values.duration(Duration.ZERO, Duration.ofHours(24));

  static final Block<TcpKeepalive.Builder, TcpKeepalive> KEEPALIVE =
      Block.of(
          TcpKeepalive::builder,
          TcpKeepalive.Builder::build,
          List.of(
              Key.of(
                  "idle",
                  PROBES,
                  TcpKeepalive::idle,
                  TcpKeepalive.Builder::idle,
                  "Silence before the first probe"),
              Key.of(
                  "interval",
                  PROBES,
                  TcpKeepalive::interval,
                  TcpKeepalive.Builder::interval,
                  "Between two probes"),
              Key.of(
                  "count",
                  COUNT,
                  TcpKeepalive::count,
                  TcpKeepalive.Builder::count,
                  "Probes without an answer after which the connection is dead"),
              Key.of(
                  "user_timeout",
                  USER_TIMEOUT,
                  TcpKeepalive::userTimeout,
                  TcpKeepalive.Builder::userTimeout,
                  "How long sent bytes may stay unacknowledged (Linux); 0s = the system's")));

  static final Block<SocketOptions.Builder, SocketOptions> BLOCK =
      Block.of(
          SocketOptions::builder,
          SocketOptions.Builder::build,
          List.of(
              Key.of(
                  "backlog",
                  BACKLOG,
                  SocketOptions::backlog,
                  SocketOptions.Builder::backlog,
                  "Completed connections that wait to be accepted"),
              Key.of(
                  "fastopen",
                  FASTOPEN,
                  SocketOptions::fastopen,
                  SocketOptions.Builder::fastopen,
                  "Queue of TCP Fast Open requests; 0 = off"),
              Key.optional(
                  "keepalive",
                  KEEPALIVE,
                  SocketOptions::keepalive,
                  SocketOptions.Builder::keepalive,
                  "TCP keep-alive probes; null = the system's"),
              Key.optional(
                  "dscp",
                  DSCP,
                  SocketOptions::dscp,
                  SocketOptions.Builder::dscp,
                  "Differentiated services code point; null = the system's"),
              Key.of(
                  "receive_buffer",
                  BUFFER,
                  SocketOptions::receiveBufferBytes,
                  SocketOptions.Builder::receiveBufferBytes,
                  "SO_RCVBUF of accepted sockets; 0 = the system's"),
              Key.of(
                  "send_buffer",
                  BUFFER,
                  SocketOptions::sendBufferBytes,
                  SocketOptions.Builder::sendBufferBytes,
                  "SO_SNDBUF of accepted sockets; 0 = the system's"),
              Key.of(
                  "reuse_port",
                  Values.bool(),
                  SocketOptions::reusePort,
                  SocketOptions.Builder::reusePort,
                  "SO_REUSEPORT: a listening socket for each event loop")));

  private SocketKeys() {}

  private static Duration wholeSeconds(Duration time) {
    if (time.toMillisPart() != 0) {
      throw new IllegalArgumentException("is not in whole seconds");
    }
    return time;
  }
}
