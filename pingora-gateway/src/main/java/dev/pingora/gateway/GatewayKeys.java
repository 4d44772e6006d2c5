// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.Values;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.ServerConf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The keys at the top of the gateway's file: the server's, and these.
final class GatewayKeys {
  /// A dash is stdout, as everywhere on a command line.
  private static final String STDOUT = "-";

  private static final Block<AccessLogConf.Builder, AccessLogConf> ACCESS_LOG =
      Block.of(
          AccessLogConf.Builder::new,
          AccessLogConf.Builder::build,
          List.of(
              Key.of(
                  "path",
                  Values.word("path, or - for stdout"),
                  log -> log.path() == null ? STDOUT : log.path().toString(),
                  (b, v) -> b.path = v.equals(STDOUT) ? null : Path.of(v),
                  "File that is appended to; - = stdout"),
              Key.of(
                  "format",
                  Values.parsed(
                      AccessLogFormat.FORM, AccessLogFormat::parse, AccessLogFormat::toString),
                  AccessLogConf::format,
                  (b, v) -> b.format = v,
                  "Looks of a line"),
              Key.of(
                  "sample",
                  Values.ratio(1),
                  AccessLogConf::sample,
                  (b, v) -> b.sample = v,
                  "Share of the requests that are logged")));

  static final Block<GatewayConf.Builder, GatewayConf> BLOCK =
      Block.withRequired(
          GatewayConf.Builder::new,
          GatewayConf.Builder::build,
          () -> new GatewayConf.Builder().build(),
          keys());

  private GatewayKeys() {}

  private static Key<GatewayConf.Builder, GatewayConf> admin() {
    return Key.optional(
        "admin",
        AdminConf.BLOCK,
        GatewayConf::admin,
        (b, v) -> b.admin = v,
        "Where operators ask how the gateway is; null = nowhere");
  }

  private static List<Key<GatewayConf.Builder, GatewayConf>> keys() {
    List<Key<GatewayConf.Builder, GatewayConf>> keys =
        new ArrayList<>(ServerConf.block().keysWithin(b -> b.server, GatewayConf::server));
    keys.add(
        Key.optional(
            "access_log",
            ACCESS_LOG,
            GatewayConf::accessLog,
            (b, v) -> b.accessLog = v,
            "Where and how requests are logged; null = not"));
    keys.add(
        Key.of(
            "trusted_proxies",
            Values.list(Values.cidr(), 0, 100_000),
            GatewayConf::trustedProxies,
            (b, v) -> b.trustedProxies = v,
            "Whose X-Forwarded fields are believed"));
    keys.add(admin());
    keys.add(
        Key.of(
            "limits",
            Limits.block(),
            GatewayConf::limits,
            (b, v) -> b.limits = v,
            "Bounds of downstream connections"));
    keys.add(
        Key.required(
            "listeners",
            Values.list(ListenerKeys.BLOCK, 1, 1024),
            _ -> List.of(),
            (b, v) -> b.listeners = v,
            "Where to listen"));
    keys.add(
        Key.of(
            "upstreams",
            Values.map(UpstreamKeys.NAME, UpstreamKeys.BLOCK, 10_000),
            GatewayConf::upstreams,
            (b, v) -> b.upstreams = v,
            "Groups of servers by name"));
    keys.add(
        Key.required(
            "routes",
            Values.list(RouteKeys.BLOCK, 1, 10_000),
            GatewayConf::routes,
            (b, v) -> b.routes = v,
            "What to do with requests"));
    keys.add(
        Key.of(
            "extra",
            Values.kept(),
            GatewayConf::extra,
            (b, v) -> b.extra = v,
            "The operator's own keys"));
    return keys;
  }
}
