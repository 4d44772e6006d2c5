// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.apps.HttpRequest;
import dev.pingora.core.apps.HttpResponse;
import dev.pingora.core.apps.ServeHttp;
import dev.pingora.core.configuration.JsonText;
import dev.pingora.core.services.Addresses;
import dev.pingora.http.ResponseHeader;
import dev.pingora.lb.BalancerStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells operators how the gateway is: `GET /status` answers in JSON. Changes nothing.
///
/// | key | |
/// |---|---|
/// | `listeners`, `connections` | addresses listened on; open connections of clients |
/// | `upstreams.NAME.ready` | how many servers take work |
/// | `upstreams.NAME.servers` | each with `state` (`ready`, or why not), `in_flight`, `latency_ms` |
/// | `upstreams.NAME.discovery` | `failure` of the last try, if it failed, `took_ms`, `built_ms` |
/// | `routes` | in their order: requests refused for their rate |
/// | `access_log` | lines `written` and `dropped`, if it is on |
///
/// Thread-safe.
final class Admin implements ServeHttp {
  /// How old an answer may be: whoever asks more often, or reads slowly, shares it with others.
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Supplier<GatewayServer> gateway;
  private final AtomicReference<@Nullable Snapshot> last = new AtomicReference<>();

  /// An answer, and when it was made.
  private record Snapshot(byte[] json, long nanos) {}

  Admin(Supplier<GatewayServer> gateway) {
    this.gateway = gateway;
  }

  @Override
  public void serve(HttpRequest request, HttpResponse response) throws Exception {
    if (!request.path().equals("/status")) {
      response.respond(404);
    } else if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      response.header(ResponseHeader.of(405).set("Allow", "GET, HEAD").contentLength(0));
    } else {
      // Of ten thousand servers it is long: not on a loop.
      response.respond(200, "application/json", request.offload(this::json));
    }
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
    all.put("listeners", gateway.addresses().stream().map(Addresses::text).toList());
    all.put("connections", gateway.connections());
    Map<String, Object> upstreams = new LinkedHashMap<>();
    gateway.status().forEach(each -> upstreams.put(each.name(), upstream(each)));
    all.put("upstreams", upstreams);
    List<Object> routes = new ArrayList<>();
    gateway.rateLimited().forEach(refused -> routes.add(Map.of("rate_limited", refused)));
    all.put("routes", routes);
    AccessLog log = gateway.accessLog();
    if (log != null) {
      all.put("access_log", lines(log));
    }
    return all;
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
      discovery.put("doubles", last.doubles());
      upstream.put("discovery", discovery);
    }
    return upstream;
  }

  private static Map<String, Object> server(BalancerStatus.One one) {
    Map<String, Object> server = new LinkedHashMap<>();
    server.put("address", one.address());
    server.put("weight", one.weight());
    server.put("state", one.state());
    server.put("in_flight", one.inFlight());
    server.put("latency_ms", millis(one.latency()));
    return server;
  }

  private static double millis(Duration time) {
    return Math.round(time.toNanos() / 1e3) / 1e3;
  }
}
