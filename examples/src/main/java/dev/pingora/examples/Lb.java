// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import dev.pingora.core.server.Options;
import dev.pingora.core.server.Server;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.RoundRobin;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.proxy.ProxyHttp;
import dev.pingora.proxy.Session;
import java.time.Instant;

// The class is the example of README.md, to the letter: ReadmeTest compares the two.
final class Lb implements ProxyHttp<Instant> {
  private final LoadBalancer<RoundRobin> upstreams;

  Lb(String... addresses) {
    upstreams = LoadBalancer.roundRobin(addresses);
  }

  @Override
  public Instant newContext() { // one object a request, handed to every phase
    return Instant.now();
  }

  @Override
  public HttpPeer upstreamPeer(Session session, Instant begun) {
    return HttpPeer.http(upstreams.select(session.clientAddress()).orElseThrow());
  }

  @Override
  public void requestFilter(Session session, Instant begun) throws Exception {
    if (session.request().path().startsWith("/private")) {
      session.respond(403, "text/plain", "no\n");
    }
  }

  public static void main(String[] args) throws Exception {
    Server server = Server.create(Options.parse(args)); // -c FILE, -t
    Lb lb = new Lb("127.0.0.1:9000", "127.0.0.1:9001");
    server.addService(HttpProxyService.of(server.configuration(), lb).addTcp("127.0.0.1:6188"));
    server.runForever();
  }
}
