// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import dev.pingora.core.server.Options;
import dev.pingora.core.server.Server;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.http.ResponseHeader;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.RoundRobin;
import dev.pingora.lb.TcpHealthCheck;
import dev.pingora.limits.Rate;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.proxy.ProxyHttp;
import dev.pingora.proxy.Session;
import java.time.Duration;

/// Lets each application, which names itself in the field `appid`, ask once a second.
///
/// The count of an interval is exact and simple; at the border of two, twice as many pass. Where
/// that matters, or clients want to know when to come back, see `Gcra`; the gateway's `rate_limit`
/// is made of it.
final class RateLimiter implements ProxyHttp<String> {
  private static final long MAX_PER_SECOND = 1;

  private final LoadBalancer<RoundRobin> upstreams;
  private final Rate rate; // of constant size, however many applications there are

  RateLimiter(LoadBalancer<RoundRobin> upstreams, Rate rate) {
    this.upstreams = upstreams;
    this.rate = rate;
  }

  @Override
  public String newContext() {
    return ""; // nothing is kept between phases
  }

  @Override
  public HttpPeer upstreamPeer(Session session, String ctx) {
    return HttpPeer.http(upstreams.select(session.clientAddress()).orElseThrow());
  }

  @Override
  public void requestFilter(Session session, String ctx) throws Exception {
    String application = session.request().headers().first("appid");
    if (application == null || rate.observe(application, 1) <= MAX_PER_SECOND) {
      return;
    }
    ResponseHeader tooMany =
        ResponseHeader.of(429)
            .set("X-Rate-Limit-Limit", MAX_PER_SECOND)
            .set("X-Rate-Limit-Remaining", 0)
            .set("X-Rate-Limit-Reset", 1)
            .contentLength(0);
    session.closeAfterResponse();
    session.response().header(tooMany, true); // the request ends here
  }

  public static void main(String[] args) throws Exception {
    Server server = Server.create(Options.parse(args)); // -c FILE, -t
    var upstreams = LoadBalancer.roundRobin("1.1.1.1:80", "1.0.0.1:80");
    upstreams.healthCheck(TcpHealthCheck.every(Duration.ofSeconds(1)));
    server.addService(BackgroundService.of("health", upstreams));
    var limiter = new RateLimiter(upstreams, Rate.of(Duration.ofSeconds(1)));
    var proxy = HttpProxyService.of(server.configuration(), limiter);
    server.addService(proxy.addTcp("0.0.0.0:6188"));
    server.runForever();
  }
}
