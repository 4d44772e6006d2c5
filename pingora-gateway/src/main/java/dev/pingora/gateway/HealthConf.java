// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How servers are asked whether they are well: exactly one of `http` and `tcp`.
///
/// @param http path to ask for; null = no request
/// @param tcp whether a connection is enough
/// @param expect statuses of those who are well
/// @param host what the request asks for; null = the server's address
/// @param every between two rounds
/// @param timeout of one check
/// @param up results in a row that make an ill server well
/// @param down failures in a row that make a well one ill
record HealthConf(
    @Nullable String http,
    boolean tcp,
    List<Integer> expect,
    @Nullable String host,
    Duration every,
    Duration timeout,
    int up,
    int down) {
  HealthConf {
    expect = List.copyOf(expect);
    if ((http != null) == tcp) {
      throw new KeyFault("http", tcp ? "stands beside tcp" : "is missing", "expected: http or tcp");
    }
    if (tcp && host != null) {
      throw new KeyFault("host", "has no effect without http", "expected: with http");
    }
  }

  /// Collects a [HealthConf]; confined to one thread.
  static final class Builder {
    @Nullable String http;
    boolean tcp;
    List<Integer> expect = List.of(200);
    @Nullable String host;
    Duration every = Duration.ofSeconds(5);
    Duration timeout = Duration.ofSeconds(1);
    int up = 1;
    int down = 2;

    HealthConf build() {
      return new HealthConf(http, tcp, expect, host, every, timeout, up, down);
    }
  }
}
