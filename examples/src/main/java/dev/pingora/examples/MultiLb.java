// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import dev.pingora.core.server.Options;
import dev.pingora.core.server.Server;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.lb.Backend;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.RoundRobin;
import dev.pingora.lb.TcpHealthCheck;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.proxy.ProxyHttp;
import dev.pingora.proxy.Session;
import java.time.Duration;

/// Two clusters behind one proxy, each with its own health checks; the path decides which.
final class MultiLb implements ProxyHttp<String> {
  private final LoadBalancer<RoundRobin> one;
  private final LoadBalancer<RoundRobin> two;

  MultiLb(LoadBalancer<RoundRobin> one, LoadBalancer<RoundRobin> two) {
    this.one = one;
    this.two = two;
  }

  @Override
  public String newContext() {
    return ""; // nothing is kept between phases
  }

  @Override
  public HttpPeer upstreamPeer(Session session, String ctx) throws ProxyException {
    LoadBalancer<RoundRobin> cluster = session.request().path().startsWith("/one/") ? one : two;
    Backend backend =
        cluster
            .select(session.clientAddress())
            .orElseThrow(() ->
                ProxyException.of(
                    ErrorKind.NO_HEALTHY_UPSTREAM, "all of %s are down", cluster.name()));
    return HttpPeer.http(backend);
  }

  public static void main(String[] args) throws Exception {
    Server server = Server.create(Options.parse(args)); // -c FILE, -t
    var one = cluster(server, "1.1.1.1:80", "127.0.0.1:343");
    var two = cluster(server, "1.0.0.1:80", "127.0.0.2:343");
    var proxy = HttpProxyService.of(server.configuration(), new MultiLb(one, two));
    server.addService(proxy.addTcp("0.0.0.0:6188"));
    server.runForever();
  }

  /// A cluster whose checks run as long as the server.
  private static LoadBalancer<RoundRobin> cluster(Server server, String... addresses) {
    var cluster = LoadBalancer.roundRobin(addresses);
    cluster.healthCheck(TcpHealthCheck.every(Duration.ofSeconds(1)));
    server.addService(BackgroundService.of("health of " + addresses[0], cluster));
    return cluster;
  }
}
