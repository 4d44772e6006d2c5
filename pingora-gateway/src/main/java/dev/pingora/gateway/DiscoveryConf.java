// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.KeyFault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where the servers of an upstream are learnt from: exactly one of the first four.
///
/// @param dns a name and a port: a server for each of its addresses
/// @param srv a service: a server for each SRV record
/// @param file a list, watched
/// @param http where a list is asked for
/// @param every how often; null = `ttl` for DNS, 1 s for a file, 10 s by HTTP
record DiscoveryConf(
    @Nullable Address dns,
    @Nullable String srv,
    @Nullable Path file,
    @Nullable URI http,
    @Nullable Duration every) {
  DiscoveryConf {
    long given = Stream.of(dns, srv, file, http).filter(source -> source != null).count();
    if (given != 1) {
      throw new KeyFault(
          "",
          given == 0 ? "names no source" : "names " + given + " sources",
          "expected: one of dns, srv, file, http");
    }
    if (dns != null && !(dns instanceof Address.Tcp tcp && !tcp.isLiteral())) {
      throw new KeyFault("dns", "is no name", "expected: name:port");
    }
  }

  /// Collects a [DiscoveryConf]; confined to one thread.
  static final class Builder {
    @Nullable Address dns;
    @Nullable String srv;
    @Nullable Path file;
    @Nullable URI http;
    @Nullable Duration every;

    DiscoveryConf build() {
      return new DiscoveryConf(dns, srv, file, http, every);
    }
  }
}
