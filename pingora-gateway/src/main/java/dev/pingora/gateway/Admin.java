// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.apps.HttpRequest;
import dev.pingora.core.apps.HttpResponse;
import dev.pingora.core.apps.ServeHttp;
import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.JsonText;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.tls.TlsListener;
import dev.pingora.http.ResponseHeader;
import dev.pingora.lb.BalancerStatus;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells operators how the gateway is: `GET /status` answers in JSON, at most half a second old.
/// Changes nothing.
///
/// | key | |
/// |---|---|
/// | `listeners` | each with its `address` and, where it has TLS, `handshakes` |
/// | `listeners[].handshakes` | `completed`, `failed`, `refused` for their rate |
/// | `connections` | open connections of clients |
/// | `upstreams.NAME.ready` | how many servers take work |
/// | `upstreams.NAME.servers` | each with its `address`, `weight`, `in_flight`, `latency_ms` |
/// | `upstreams.NAME.servers[].state` | `ready`, or `unhealthy`, `disabled`, `ejected`, `open` |
/// | `upstreams.NAME.servers[].reason` | of one that is not ready: its last failure, if known |
/// | `upstreams.NAME.discovery` | `failure` of the last try, if it failed |
/// | `upstreams.NAME.discovery` | `took_ms`, `built_ms` of the last that did not |
/// | `upstreams.NAME.discovery` | `duplicates`: addresses that were named more than once |
/// | `routes` | in their order: `match` as text, and requests `rate_limited` |
/// | `access_log` | lines `written` and `dropped`, if it is on |
///
/// Thread-safe.
final class Admin implements ServeHttp {
  /// How old an answer may be: whoever asks more often, or reads slowly, shares it with others.
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Supplier<GatewayServer> gateway;
  private final boolean local;
  private final AtomicReference<@Nullable Snapshot> last = new AtomicReference<>();

  /// An answer, and when it was made.
  private record Snapshot(byte[] json, long nanos) {}

  /// @param local reached from this machine alone
  Admin(Supplier<GatewayServer> gateway, boolean local) {
    this.gateway = gateway;
    this.local = local;
  }

  @Override
  public void serve(HttpRequest request, HttpResponse response) throws Exception {
    if (local && !isOwn(request.header().host())) {
      response.respond(421);
    } else if (!request.path().equals("/status")) {
      response.respond(404);
    } else if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      response.header(ResponseHeader.of(405).set("Allow", "GET, HEAD").contentLength(0));
    } else {
      // Of ten thousand servers it is long: not on a loop.
      response.respond(200, "application/json", request.offload(this::json));
    }
  }

  /// A name that resolves to this machine may be a foreign page's, whose scripts could then read
  /// the answer as its own (DNS rebinding); who is here says `localhost` or the address.
  private static boolean isOwn(String host) {
    return host.equals("localhost") || host.startsWith("[") || new Address.Tcp(host, 0).isLiteral();
  }

  private byte[] json() {
    Snapshot known = last.get();
    if (known != null && System.nanoTime() - known.nanos() < FRESH_NANOS) {
      return known.json();
    }
    byte[] json = JsonText.of(status(gateway.get())).getBytes(StandardCharsets.UTF_8);
    last.set(new Snapshot(json, System.nanoTime()));
    return json;
  }

  private static Map<String, Object> status(GatewayServer gateway) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("listeners", listeners(gateway));
    all.put("connections", gateway.connections());
    Map<String, Object> upstreams = new LinkedHashMap<>();
    gateway.status().forEach(each -> upstreams.put(each.name(), upstream(each)));
    all.put("upstreams", upstreams);
    all.put("routes", gateway.routes().stream().map(Admin::route).toList());
    AccessLog log = gateway.accessLog();
    if (log != null) {
      all.put("access_log", lines(log));
    }
    return all;
  }

  private static List<Object> listeners(GatewayServer gateway) {
    List<SocketAddress> addresses = gateway.addresses();
    List<Optional<TlsListener>> tls = gateway.tls();
    List<Object> listeners = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      Map<String, Object> listener = new LinkedHashMap<>();
      listener.put("address", Addresses.text(addresses.get(i)));
      tls.get(i).ifPresent(own -> listener.put("handshakes", handshakes(own)));
      listeners.add(listener);
    }
    return listeners;
  }

  private static Map<String, Object> handshakes(TlsListener tls) {
    Map<String, Object> handshakes = new LinkedHashMap<>();
    handshakes.put("completed", tls.completedHandshakes());
    handshakes.put("failed", tls.failedHandshakes());
    handshakes.put("refused", tls.refusedHandshakes());
    return handshakes;
  }

  private static Map<String, Object> route(Route route) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("match", route.conf().match().toString());
    RateLimit limit = route.rateLimit();
    told.put("rate_limited", limit == null ? 0 : limit.refused());
    return told;
  }

  private static Map<String, Object> lines(AccessLog log) {
    Map<String, Object> lines = new LinkedHashMap<>();
    lines.put("written", log.written());
    lines.put("dropped", log.dropped());
    return lines;
  }

  private static Map<String, Object> upstream(BalancerStatus status) {
    Map<String, Object> upstream = new LinkedHashMap<>();
    upstream.put("ready", status.ready());
    upstream.put("servers", status.backends().stream().map(Admin::server).toList());
    BalancerStatus.LastDiscovery last = status.discovery();
    if (last != null) {
      Map<String, Object> discovery = new LinkedHashMap<>();
      if (last.failure() != null) {
        discovery.put("failure", last.failure());
      }
      discovery.put("took_ms", millis(last.took()));
      discovery.put("built_ms", millis(last.built()));
      discovery.put("duplicates", last.doubles());
      upstream.put("discovery", discovery);
    }
    return upstream;
  }

  private static Map<String, Object> server(BalancerStatus.One one) {
    Map<String, Object> server = new LinkedHashMap<>();
    server.put("address", one.address());
    server.put("weight", one.weight());
    server.put("state", one.state());
    if (!one.reason().isEmpty()) {
      server.put("reason", one.reason());
    }
    server.put("in_flight", one.inFlight());
    server.put("latency_ms", millis(one.latency()));
    return server;
  }

  private static double millis(Duration time) {
    return Math.round(time.toNanos() / 1e3) / 1e3;
  }
}
