// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.ConfigNode;
import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.KeyPath;
import dev.pingora.core.configuration.Problems;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import dev.pingora.core.configuration.YamlReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The form of lists of servers in files and from HTTP: YAML, and so JSON too.
///
/// ```
/// servers:
///   - 10.0.0.1:80
///   - { address: "10.0.0.2:80", weight: 3, zone: b }
/// ```
final class ServerList {
  private static final int MAX_ZONE = 128;

  private static final Block<Draft, Backend> SERVER =
      Block.withRequired(
          Draft::new,
          Draft::build,
          () -> Backend.of("127.0.0.1:80"),
          List.of(
              Key.required(
                  "address",
                  Values.peerAddress(),
                  b -> Address.parse(b.bareText()),
                  (b, v) -> b.address = v,
                  "Where it listens"),
              Key.of(
                  "weight",
                  Values.integer(0, Backend.MAX_WEIGHT),
                  Backend::weight,
                  (b, v) -> b.weight = v,
                  "Share of the requests; 0 takes no new ones"),
              Key.optional(
                  "zone",
                  Values.word("name of a zone"),
                  ServerList::zone,
                  (b, v) -> b.zone = v,
                  "Where it runs")));

  private static final ValueType<List<Backend>> SERVERS =
      Values.list(
          Values.shorthand(
              Values.peerAddress(),
              address -> Backend.of(address.toPeer(), 1),
              b -> b.weight() == 1 && zone(b) == null ? Address.parse(b.bareText()) : null,
              SERVER),
          1,
          Backends.MAX_BACKENDS);

  private static final Block<Holder, List<Backend>> LIST =
      Block.withRequired(
          Holder::new,
          holder -> holder.servers,
          List::of,
          List.of(
              Key.required(
                  "servers", SERVERS, list -> list, (b, v) -> b.servers = v, "The servers")));

  private ServerList() {}

  /// Collects a backend; confined to one thread.
  private static final class Draft {
    private Address address = new Address.Tcp("127.0.0.1", 80);
    private int weight = 1;
    private @Nullable String zone;

    Backend build() {
      Backend backend = Backend.of(address.toPeer(), weight);
      String own = zone;
      if (own == null) {
        return backend;
      }
      if (own.length() > MAX_ZONE) {
        throw new IllegalArgumentException("zone is longer than " + MAX_ZONE + " characters");
      }
      return backend.with(new Zone(own));
    }
  }

  /// Collects the list; confined to one thread.
  private static final class Holder {
    private List<Backend> servers = List.of();
  }

  private static @Nullable String zone(Backend backend) {
    Zone zone = backend.extension(Zone.class);
    return zone == null ? null : zone.name();
  }

  /// {@return the backends that a text names; at least one}
  ///
  /// @param source for messages
  /// @throws ConfigurationException with every problem of the text
  static List<Backend> parse(String text, String source) throws ConfigurationException {
    Problems problems = new Problems();
    ConfigNode.Mapping top = YamlReader.parse(text, source, Map.of(), problems);
    List<Backend> servers = LIST.read(top, KeyPath.root(), problems);
    problems.throwIfAny();
    return servers == null ? List.of() : servers;
  }
}
