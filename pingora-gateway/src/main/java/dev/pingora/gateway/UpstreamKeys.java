// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The keys of a block under `upstreams:`.
final class UpstreamKeys {
  /// Name of an upstream.
  static final ValueType<String> NAME =
      Values.matching(
          "a name of letters, digits, _, - and .",
          Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}"));

  private static final ValueType<Duration> TIME =
      Values.duration(Duration.ZERO, Duration.ofHours(24));

  private static final ValueType<UpstreamConf.Protocol> PROTOCOL =
      Values.oneOf(Map.of("http/1.1", UpstreamConf.Protocol.HTTP_1_1), Set.of("h2", "h2c"));

  private static final Block<UpstreamConf.Server.Builder, UpstreamConf.Server> SERVER_BLOCK =
      Block.withRequired(
          UpstreamConf.Server.Builder::new,
          UpstreamConf.Server.Builder::build,
          () -> new UpstreamConf.Server.Builder().build(),
          List.of(
              Key.required(
                  "address",
                  Values.peerAddress(),
                  UpstreamConf.Server::address,
                  (b, v) -> b.address = v,
                  "Where it listens"),
              Key.of(
                  "weight",
                  Values.integer(0, 65_535),
                  UpstreamConf.Server::weight,
                  (b, v) -> b.weight = v,
                  "Share of the requests, relative to the others'; 0 = no new ones")));

  /// An address alone is a server of weight 1.
  private static final ValueType<UpstreamConf.Server> SERVER =
      Values.shorthand(
          Values.peerAddress(),
          address -> new UpstreamConf.Server(address, 1),
          server -> server.weight() == 1 ? server.address() : null,
          SERVER_BLOCK);

  private static final Block<UpstreamConf.Timeouts.Builder, UpstreamConf.Timeouts> TIMEOUTS =
      Block.of(
          UpstreamConf.Timeouts.Builder::new,
          UpstreamConf.Timeouts.Builder::build,
          List.of(
              Key.of(
                  "connect",
                  TIME,
                  UpstreamConf.Timeouts::connect,
                  (b, v) -> b.connect = v,
                  "Until a connection stands; 0s = none"),
              Key.of(
                  "total_connect",
                  TIME,
                  UpstreamConf.Timeouts::totalConnect,
                  (b, v) -> b.totalConnect = v,
                  "Until a connection can be used, TLS included; 0s = none"),
              Key.of(
                  "read",
                  TIME,
                  UpstreamConf.Timeouts::read,
                  (b, v) -> b.read = v,
                  "Between two reads; 0s = none"),
              Key.of(
                  "write",
                  TIME,
                  UpstreamConf.Timeouts::write,
                  (b, v) -> b.write = v,
                  "Between two successful writes; 0s = none"),
              Key.of(
                  "idle",
                  TIME,
                  UpstreamConf.Timeouts::idle,
                  (b, v) -> b.idle = v,
                  "In the pool; 0s = none")));

  static final Block<UpstreamConf.Builder, UpstreamConf> BLOCK =
      Block.withRequired(
          UpstreamConf::builder, UpstreamConf.Builder::build, UpstreamKeys::example, keys());

  private UpstreamKeys() {}

  private static List<Key<UpstreamConf.Builder, UpstreamConf>> keys() {
    List<Key<UpstreamConf.Builder, UpstreamConf>> keys = new ArrayList<>();
    keys.add(
        Key.of(
            "servers",
            Values.list(SERVER, 1, 10_000),
            UpstreamConf::servers,
            (b, v) -> b.servers = v,
            "Addresses, each alone or with a weight"));
    keys.add(
        Key.optional(
            "discovery",
            BalanceKeys.DISCOVERY,
            UpstreamConf::discovery,
            (b, v) -> b.discovery = v,
            "Servers from elsewhere than this file"));
    keys.addAll(BalanceKeys.BLOCK.keysWithin(b -> b.balance, UpstreamConf::balance));
    keys.addAll(connectionKeys());
    return keys;
  }

  private static List<Key<UpstreamConf.Builder, UpstreamConf>> connectionKeys() {
    return List.of(
        Key.of(
            "http",
            Values.list(PROTOCOL, 1, 3),
            UpstreamConf::protocols,
            (b, v) -> b.protocols = v,
            "What the servers speak"),
        Key.of(
            "timeouts",
            TIMEOUTS,
            UpstreamConf::timeouts,
            (b, v) -> b.timeouts = v,
            "Timeouts of connections"),
        Key.later("proxy_protocol", "PROXY protocol towards the servers"),
        Key.later("max_h2_streams", "Streams of an HTTP/2 connection"),
        Key.optional(
            "tls",
            UpstreamTlsKeys.BLOCK,
            UpstreamConf::tls,
            (b, v) -> b.tls = v,
            "TLS towards the servers; null = none"));
  }

  /// Holds the defaults, for the schema.
  private static UpstreamConf example() {
    UpstreamConf.Builder builder = UpstreamConf.builder();
    builder.servers = List.of(new UpstreamConf.Server.Builder().build());
    return builder.build();
  }
}
