// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.KeyFault;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How servers are asked whether they are well: exactly one of `http`, `tcp`, `grpc`.
///
/// @param http path to ask for; null = no request
/// @param tcp whether a connection is enough
/// @param grpc service to ask for by gRPC's health protocol, empty = the server as a whole; null =
///   not asked so
/// @param expect statuses of those who are well, with http
/// @param host what the request asks for; null = the server's address
/// @param every between two rounds
/// @param timeout of one check
/// @param up results in a row that make an ill server well
/// @param down failures in a row that make a well one ill
record HealthConf(
    @Nullable String http,
    boolean tcp,
    @Nullable String grpc,
    List<Integer> expect,
    @Nullable String host,
    Duration every,
    Duration timeout,
    int up,
    int down) {
  private static final List<Integer> WELL = List.of(200);
  private static final String ONE = "expected: one of http, tcp, grpc";

  HealthConf {
    expect = List.copyOf(expect);
    if (http == null && !tcp && grpc == null) {
      throw new KeyFault("http", "is missing", ONE);
    }
    if (tcp && (http != null || grpc != null)) {
      throw new KeyFault("tcp", "stands beside another way to ask", ONE);
    }
    if (http != null && grpc != null) {
      throw new KeyFault("grpc", "stands beside http", ONE);
    }
    if (tcp && host != null) {
      throw new KeyFault("host", "has no effect with tcp", "expected: with http or grpc");
    }
  }

  /// Collects a [HealthConf]; confined to one thread.
  static final class Builder {
    @Nullable String http;
    boolean tcp;
    @Nullable String grpc;

    /// Null while nobody said it, which differs from the default where it has no effect.
    @Nullable List<Integer> expect;

    @Nullable String host;
    Duration every = Duration.ofSeconds(5);
    Duration timeout = Duration.ofSeconds(1);
    int up = 1;
    int down = 2;

    HealthConf build() {
      if (http == null && expect != null && (tcp || grpc != null)) {
        throw new KeyFault("expect", "has no effect without http", "expected: with http");
      }
      List<Integer> well = expect == null ? WELL : expect;
      return new HealthConf(http, tcp, grpc, well, host, every, timeout, up, down);
    }
  }
}
