// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import dev.pingora.core.server.Options;
import dev.pingora.core.server.Server;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.lb.Backend;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.Selection;
import dev.pingora.lb.TcpHealthCheck;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.proxy.ProxyHttp;
import dev.pingora.proxy.Session;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A way to pick of one's own that looks at health: spares stand by until too few primaries are up.
///
/// The balancer passes over a backend that is down by itself. What it cannot know is when to leave
/// the others of its group alone: here, when half of the primaries are left, which would break
/// under the load of all, the spares take their share.
final class PrimaryFirst implements Selection {
  /// Attached to the backends that stand by.
  record Spare() {}

  private static final double ENOUGH = 0.5;

  private final List<Backend> primaries;
  private final List<Backend> all;
  private final AtomicInteger turn = new AtomicInteger();

  private PrimaryFirst(List<Backend> all) {
    this.all = List.copyOf(all);
    this.primaries =
        this.all.stream().filter(backend -> backend.extension(Spare.class) == null).toList();
  }

  /// A factory, as `PrimaryFirst::of`: a new selection whenever the set of backends changes.
  static PrimaryFirst of(List<Backend> backends, @Nullable PrimaryFirst before) {
    return new PrimaryFirst(backends);
  }

  @Override
  public @Nullable Backend first(Object key) {
    List<Backend> group = group();
    return group.isEmpty() ? null : group.get(Math.floorMod(turn.getAndIncrement(), group.size()));
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return group().iterator();
  }

  /// Readiness changes at any time, so it is asked for each request; there are few backends.
  private List<Backend> group() {
    int ready = 0;
    for (Backend backend : primaries) {
      ready += backend.isReady() ? 1 : 0;
    }
    return ready > ENOUGH * primaries.size() ? primaries : all;
  }

  /// A proxy that picks so.
  record Proxy(LoadBalancer<PrimaryFirst> upstreams) implements ProxyHttp<String> {
    @Override
    public String newContext() {
      return ""; // nothing is kept between phases
    }

    @Override
    public HttpPeer upstreamPeer(Session session, String ctx) {
      return HttpPeer.http(upstreams.select(session.clientAddress()).orElseThrow());
    }
  }

  public static void main(String[] args) throws Exception {
    Server server = Server.create(Options.parse(args)); // -c FILE, -t
    List<Backend> backends =
        List.of(
            Backend.of("127.0.0.1:9000"),
            Backend.of("127.0.0.1:9001"),
            Backend.of("127.0.0.1:9002").with(new Spare()));
    var upstreams = LoadBalancer.of("app", backends, PrimaryFirst::of);
    upstreams.healthCheck(TcpHealthCheck.every(Duration.ofSeconds(1)));
    server.addService(BackgroundService.of("health", upstreams));
    var proxy = HttpProxyService.of(server.configuration(), new Proxy(upstreams));
    server.addService(proxy.addTcp("0.0.0.0:6188"));
    server.runForever();
  }
}
