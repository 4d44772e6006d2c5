// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Cidr;
import dev.pingora.core.configuration.ConfigNode;
import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.configuration.JsonText;
import dev.pingora.core.configuration.KeyPath;
import dev.pingora.core.configuration.Problems;
import dev.pingora.core.configuration.YamlReader;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.ServerConf;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The gateway's configuration, whole and checked.
///
/// @param server the server's keys, which stand at the top of the same file
/// @param trustedProxies whose X-Forwarded fields are believed
/// @param accessLog null = off
/// @param admin where operators ask; null = nowhere
/// @param limits bounds of downstream connections, unless a listener has its own
/// @param listeners where to listen; at least one
/// @param upstreams groups of servers by name
/// @param routes what to do with requests; at least one; see [RouteTable] for their order
/// @param extra the operator's own keys
record GatewayConf(
    ServerConf server,
    List<Cidr> trustedProxies,
    @Nullable AccessLogConf accessLog,
    @Nullable AdminConf admin,
    Limits limits,
    List<ListenerConf> listeners,
    Map<String, UpstreamConf> upstreams,
    List<RouteConf> routes,
    ConfigNode.Mapping extra) {

  GatewayConf {
    trustedProxies = List.copyOf(trustedProxies);
    listeners = List.copyOf(listeners);
    upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
    routes = List.copyOf(routes);
  }

  /// {@return the configuration in `file`}
  ///
  /// @param environment the variables that `${NAME}` stands for
  /// @throws ConfigurationException with every problem of the file
  static GatewayConf load(Path file, Map<String, String> environment)
      throws ConfigurationException {
    var problems = new Problems();
    return from(YamlReader.read(file, environment, problems), problems);
  }

  /// {@return the configuration in `text`, which stands for a file called `name`}
  ///
  /// @throws ConfigurationException with every problem of the text
  static GatewayConf parse(String text, String name, Map<String, String> environment)
      throws ConfigurationException {
    var problems = new Problems();
    return from(YamlReader.parse(text, name, environment, problems), problems);
  }

  private static GatewayConf from(ConfigNode.Mapping top, Problems problems)
      throws ConfigurationException {
    if (top.place().line() == 0 && !problems.isEmpty()) {
      problems.throwIfAny(); // nothing could be read: what is missing is no news
    }
    GatewayConf conf = GatewayKeys.BLOCK.read(top, KeyPath.root(), problems);
    var rules = new GatewayRules(top, problems);
    rules.servers();
    rules.references();
    if (conf != null) {
      rules.duplicates(conf);
      rules.files(conf);
    }
    problems.throwIfAny();
    return Objects.requireNonNull(conf, "null only after a problem");
  }

  /// {@return the JSON schema of the file (draft 2020-12), from the same tables as the reader}
  static String schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Pingora gateway configuration");
    schema.putAll(GatewayKeys.BLOCK.schema());
    return JsonText.of(schema);
  }

  /// Collects a [GatewayConf]; confined to one thread.
  static final class Builder {
    final ServerConf.Builder server = ServerConf.builder();
    List<Cidr> trustedProxies = List.of();
    @Nullable AccessLogConf accessLog;
    @Nullable AdminConf admin;
    Limits limits = Limits.defaults();
    List<ListenerConf.Draft> listeners = List.of();
    Map<String, UpstreamConf> upstreams = Map.of();
    List<RouteConf> routes = List.of();
    ConfigNode.Mapping extra = ConfigNode.Mapping.empty();

    GatewayConf build() {
      return new GatewayConf(
          server.build(),
          trustedProxies,
          accessLog,
          admin,
          limits,
          listeners.stream().map(draft -> draft.within(limits)).toList(),
          upstreams,
          routes,
          extra);
    }
  }
}
