// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.SocketOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The keys of a block under `listeners:`.
final class ListenerKeys {
  /// Octal; as text, since YAML does not say what a number with a leading zero is.
  private static final ValueType<Integer> MODE =
      Values.matching("octal, as \"0660\"", Pattern.compile("0?[0-7]{3}"))
          .map(text -> Integer.parseInt(text, 8), "%04o"::formatted);

  private static final ValueType<Integer> COUNT = Values.integer(0, 1 << 24);

  private static final Block<ListenerConf.Connections.Builder, ListenerConf.Connections>
      CONNECTIONS =
          Block.of(
              ListenerConf.Connections.Builder::new,
              ListenerConf.Connections.Builder::build,
              List.of(
                  Key.of(
                      "max",
                      COUNT,
                      ListenerConf.Connections::max,
                      (b, v) -> b.max = v,
                      "Open at the same time; 0 = no limit"),
                  Key.of(
                      "per_client",
                      COUNT,
                      ListenerConf.Connections::perClient,
                      (b, v) -> b.perClient = v,
                      "Open at the same time from one client; 0 = no limit"),
                  Key.of(
                      "rate_per_client",
                      COUNT,
                      ListenerConf.Connections::ratePerClient,
                      (b, v) -> b.ratePerClient = v,
                      "New in a second from one client; 0 = no limit")));

  static final Block<ListenerConf.Builder, ListenerConf.Draft> BLOCK =
      Block.withRequired(
          ListenerConf::builder,
          ListenerConf.Builder::build,
          () -> ListenerConf.builder().build(),
          keys());

  private ListenerKeys() {}

  private static List<Key<ListenerConf.Builder, ListenerConf.Draft>> keys() {
    return List.of(
        Key.required(
            "address",
            Values.listenAddress(),
            d -> d.conf().address(),
            (b, v) -> b.address = v,
            "Where to listen"),
        Key.of("mode", MODE, d -> d.conf().mode(), (b, v) -> b.mode = v, "Of a Unix socket"),
        Key.of(
            "protocols",
            Values.list(protocol(), 1, 3),
            d -> d.conf().protocols(),
            (b, v) -> b.protocols = v,
            "What clients may speak; with tls unless set: [h2, http/1.1]"),
        Key.later("proxy_protocol", "PROXY protocol of load balancers in front"),
        Key.of(
            "allow",
            Values.list(Values.cidr(), 0, 100_000),
            d -> d.conf().allow(),
            (b, v) -> b.allow = v,
            "Who may connect; empty = everybody"),
        Key.of(
            "deny",
            Values.list(Values.cidr(), 0, 100_000),
            d -> d.conf().deny(),
            (b, v) -> b.deny = v,
            "Who may not; wins over allow"),
        Key.of(
            "connections",
            CONNECTIONS,
            d -> d.conf().connections(),
            (b, v) -> b.connections = v,
            "Bounds on connections"),
        Key.of(
            "socket",
            SocketOptions.block(),
            d -> d.conf().socket(),
            (b, v) -> b.socket = v,
            "Options of the sockets"),
        Key.optional(
            "limits",
            // The buffers of the process are no listener's.
            Limits.block().without("buffered_bytes").overrides(Limits::toBuilder),
            _ -> null,
            (b, v) -> b.limits = v,
            "Changes to the limits of the file"),
        Key.later("h2", "HTTP/2 settings"),
        Key.optional(
            "tls", TlsKeys.BLOCK, d -> d.conf().tls(), (b, v) -> b.tls = v, "TLS; null = none"));
  }

  private static ValueType<ListenerConf.Protocol> protocol() {
    Map<String, ListenerConf.Protocol> words = new LinkedHashMap<>();
    words.put("http/1.1", ListenerConf.Protocol.HTTP_1_1);
    words.put("h2c", ListenerConf.Protocol.H2C);
    words.put("h2", ListenerConf.Protocol.H2);
    return Values.oneOf(words, Set.of());
  }
}
