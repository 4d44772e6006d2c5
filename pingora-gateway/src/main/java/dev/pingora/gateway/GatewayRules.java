// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.ConfigNode;
import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.configuration.KeyPath;
import dev.pingora.core.configuration.Problems;
import dev.pingora.lb.FileDiscovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Rules between blocks of the file, told with the place of the value that breaks them.
///
/// References are looked up in the nodes and not in the records, so that they are checked also in a
/// file that has other problems. One use, one thread.
final class GatewayRules {
  /// Largest file that a route answers with, in bytes: it is held in memory.
  static final long MAX_FILE = 16 << 20;

  private final ConfigNode.Mapping top;
  private final Problems problems;

  GatewayRules(ConfigNode.Mapping top, Problems problems) {
    this.top = top;
    this.problems = problems;
  }

  /// Every upstream has its servers from somewhere.
  void servers() {
    if (top.get("upstreams") instanceof ConfigNode.Mapping upstreams) {
      upstreams
          .entries()
          .forEach((name, entry) -> {
            if (entry.value() instanceof ConfigNode.Mapping upstream
                && !isGiven(upstream, "servers")
                && !isGiven(upstream, "discovery")) {
              KeyPath at = KeyPath.root().key("upstreams").key(name).key("servers");
              problems.add(upstream.place(), at, "is missing", "expected: servers or discovery");
            }
          });
    }
  }

  private static boolean isGiven(ConfigNode.Mapping map, String key) {
    ConfigNode value = map.get(key);
    return value != null && !(value instanceof ConfigNode.Scalar scalar && scalar.isNull());
  }

  /// Every upstream that a route names exists.
  void references() {
    Set<String> names =
        top.get("upstreams") instanceof ConfigNode.Mapping map ? map.entries().keySet() : Set.of();
    if (!(top.get("routes") instanceof ConfigNode.Sequence routes)) {
      return;
    }
    for (int i = 0; i < routes.items().size(); i++) {
      if (routes.items().get(i) instanceof ConfigNode.Mapping route) {
        KeyPath at = KeyPath.root().key("routes").index(i);
        reference(route, at, names);
        if (route.get("split") instanceof ConfigNode.Sequence shares) {
          shares(shares, at.key("split"), names);
        }
      }
    }
  }

  private void shares(ConfigNode.Sequence shares, KeyPath at, Set<String> names) {
    for (int i = 0; i < shares.items().size(); i++) {
      if (shares.items().get(i) instanceof ConfigNode.Mapping share) {
        reference(share, at.index(i), names);
      }
    }
  }

  private void reference(ConfigNode.Mapping holder, KeyPath at, Set<String> names) {
    if (holder.get("upstream") instanceof ConfigNode.Scalar name
        && !name.isNull()
        && !names.contains(name.text())) {
      String hint =
          names.isEmpty() ? "upstreams has none" : "expected: " + String.join(" | ", names);
      String what = "there is no upstream \"" + name.text() + "\"";
      problems.add(name.place(), at.key("upstream"), what, hint);
    }
  }

  /// No address is listened on twice, and no route hides another for ever.
  void duplicates(GatewayConf conf) {
    Map<Address, Integer> addresses = new HashMap<>();
    List<ListenerConf> listeners = conf.listeners();
    for (int i = 0; i < listeners.size(); i++) {
      Address address = listeners.get(i).address();
      Integer first = isChosenBySystem(address) ? null : addresses.putIfAbsent(address, i);
      if (first != null) {
        taken(KeyPath.root().key("listeners").index(i), first);
      }
    }
    AdminConf admin = conf.admin();
    Integer first = admin == null ? null : addresses.get(admin.address());
    if (first != null) {
      taken(KeyPath.root().key("admin"), first);
    }
    matches(conf);
  }

  private static boolean isChosenBySystem(Address address) {
    return address instanceof Address.Tcp tcp && tcp.port() == 0;
  }

  private void taken(KeyPath listener, int first) {
    tell(
        listener.key("address"),
        "is that of listeners[" + first + "] too",
        "expected: every address once");
  }

  private void matches(GatewayConf conf) {
    Map<RouteMatch, Integer> matches = new HashMap<>();
    for (int i = 0; i < conf.routes().size(); i++) {
      Integer first = matches.putIfAbsent(conf.routes().get(i).match(), i);
      if (first != null) {
        tell(
            KeyPath.root().key("routes").index(i).key("match"),
            "is that of routes[" + first + "] too, which always wins",
            "expected: every match once");
      }
    }
  }

  /// Files that are read or opened at start can be.
  void files(GatewayConf conf) {
    for (int i = 0; i < conf.routes().size(); i++) {
      if (conf.routes().get(i).action() instanceof Action.Respond respond
          && respond.file() != null) {
        KeyPath at = KeyPath.root().key("routes").index(i).key("respond").key("file");
        content(respond.file(), at);
      }
    }
    conf.upstreams().forEach(this::discovery);
    new TlsRules(top, problems).files(conf);
    AccessLogConf log = conf.accessLog();
    if (log != null && log.path() != null) {
      KeyPath at = KeyPath.root().key("access_log").key("path");
      Path folder = log.path().toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        tell(at, "is in \"" + folder + "\", which does not exist", "expected: an existing folder");
      } else if (Files.isDirectory(log.path())) {
        tell(at, "is a folder", "expected: a file");
      }
    }
  }

  /// A list that is missing later is waited for; one that is missing now is a misspelling.
  private void discovery(String name, UpstreamConf conf) {
    Path file = conf.discovery() == null ? null : conf.discovery().file();
    if (file == null) {
      return;
    }
    KeyPath at = KeyPath.root().key("upstreams").key(name).key("discovery").key("file");
    try {
      FileDiscovery.read(file);
    } catch (ConfigurationException e) {
      tell(at, "is no list of servers: " + e.problems().getFirst(), "");
    } catch (IOException e) {
      tell(at, "\"" + file.toAbsolutePath() + "\" cannot be read", "expected: a readable file");
    }
  }

  private void content(Path file, KeyPath at) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      tell(at, "\"" + file.toAbsolutePath() + "\" cannot be read", "expected: a readable file");
    } else if (file.toFile().length() > MAX_FILE) {
      tell(at, "\"" + file + "\" is too large", "expected: at most 16 MiB");
    }
  }

  private void tell(KeyPath at, String what, String hint) {
    problems.add(at.placeIn(top), at, what, hint);
  }
}
