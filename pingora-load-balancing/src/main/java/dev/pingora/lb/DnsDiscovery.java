// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.connectors.ServiceRecord;
import dev.pingora.core.connectors.Services;
import dev.pingora.core.server.ServerRuntime;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Backends from DNS: one for each address of a name, or for each server that an SRV record names.
///
/// The resolver of the server is asked, which remembers an answer for its TTL and keeps the last
/// one while name servers are silent. So a name can be asked for every second, and is looked up
/// when its TTL is over. A name without addresses changes nothing.
public final class DnsDiscovery implements Discovery {
  /// How often the resolver is asked, where its TTLs decide.
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final String name;

  /// 0 for SRV, which names ports.
  private final int port;

  private final @Nullable Duration every;

  private DnsDiscovery(String name, int port, @Nullable Duration every) {
    this.name = requireNonNull(name, "name");
    this.port = port;
    this.every = every == null ? null : Upkeep.requirePeriod("every", every);
  }

  /// {@return a discovery by A and AAAA records}
  ///
  /// @param port of all backends
  /// @param every how often; null = as often as the TTL says
  public static DnsDiscovery addresses(String name, int port, @Nullable Duration every) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
    return new DnsDiscovery(name, port, every);
  }

  /// {@return a discovery by SRV records (RFC 2782)}: of those with the lowest priority number,
  /// their ports and weights. Targets stay names, looked up at each connect.
  ///
  /// @param name such as `_http._tcp.app.example`
  /// @param every how often; null = as often as the TTL says
  public static DnsDiscovery services(String name, @Nullable Duration every) {
    return new DnsDiscovery(name, 0, every);
  }

  @Override
  public Discovered discover(LoopCalls loops) throws Exception {
    return loops.call(
        LoadBalancer.MAX_DISCOVERY,
        (thread, runtime) -> port == 0 ? services(thread, runtime) : addresses(thread, runtime));
  }

  private Discovered addresses(RequestThread thread, ServerRuntime runtime) throws ProxyException {
    List<InetAddress> addresses =
        runtime.resolver().resolve(thread, name, RequestThread.NEVER); // bounded by the call
    List<Backend> backends = new ArrayList<>();
    for (InetAddress address : addresses) {
      // Without the name, which would make two addresses of one host differ by nothing.
      backends.add(Backend.of(new InetSocketAddress(unnamed(address), port), 1));
    }
    return new Discovered(backends, Map.of(), every == null ? LOOK : every);
  }

  private static InetAddress unnamed(InetAddress address) {
    return InetAddress.ofLiteral(address.getHostAddress());
  }

  private Discovered services(RequestThread thread, ServerRuntime runtime) throws ProxyException {
    Services found = runtime.resolver().services(thread, name, RequestThread.NEVER);
    int first = found.records().stream().mapToInt(ServiceRecord::priority).min().orElse(0);
    List<Backend> backends = new ArrayList<>();
    for (ServiceRecord service : found.records()) {
      if (service.priority() == first) {
        // RFC 2782: a weight of 0 is a very small chance and not none.
        InetSocketAddress target =
            InetSocketAddress.createUnresolved(service.target(), service.port());
        backends.add(Backend.of(target, Math.max(1, service.weight())));
      }
    }
    return new Discovered(backends, Map.of(), every == null ? found.ttl() : every);
  }

  @Override
  public String toString() {
    return (port == 0 ? "SRV " : "") + name + (port == 0 ? "" : ":" + port);
  }
}
