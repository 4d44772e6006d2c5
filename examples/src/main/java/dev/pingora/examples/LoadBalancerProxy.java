// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import dev.pingora.core.server.Options;
import dev.pingora.core.server.Server;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.lb.Backend;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.RoundRobin;
import dev.pingora.lb.TcpHealthCheck;
import dev.pingora.proxy.BodySink;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.proxy.ProxyFailures;
import dev.pingora.proxy.ResponseBodyFilter;
import dev.pingora.proxy.Session;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A proxy in one class: picks a backend, guards a path, edits both header sections, looks at every
/// piece of content, tries another backend when one cannot be reached, and logs each request.
final class LoadBalancerProxy
    implements ResponseBodyFilter<LoadBalancerProxy.Ctx>, ProxyFailures<LoadBalancerProxy.Ctx> {
  private static final System.Logger LOG = System.getLogger("dev.pingora.examples");

  private final LoadBalancer<RoundRobin> upstreams;

  LoadBalancerProxy(LoadBalancer<RoundRobin> upstreams) {
    this.upstreams = upstreams;
  }

  /// What is known about one request. Confined to its thread.
  static final class Ctx {
    int tries;
    long bytes;
  }

  @Override
  public Ctx newContext() {
    return new Ctx();
  }

  @Override
  public HttpPeer upstreamPeer(Session session, Ctx ctx) throws ProxyException {
    Backend backend =
        upstreams
            .select(session.clientAddress())
            .orElseThrow(() ->
                ProxyException.of(
                    ErrorKind.NO_HEALTHY_UPSTREAM, "all of %s are down", upstreams.name()));
    return HttpPeer.http(backend);
  }

  @Override
  public void requestFilter(Session session, Ctx ctx) throws Exception {
    if (!session.request().path().startsWith("/private")) {
      return;
    }
    if ("Bearer open-sesame".equals(session.request().headers().first("Authorization"))) {
      return;
    }
    session.respond(403, "text/plain", "no\n"); // the request ends here
  }

  @Override
  public void upstreamRequestFilter(Session session, RequestHeader upstreamRequest, Ctx ctx) {
    upstreamRequest.set("Host", "one.one.one.one");
  }

  @Override
  public void responseFilter(Session session, ResponseHeader response, Ctx ctx) {
    response.set("X-Tries", ctx.tries);
  }

  @Override
  public void responseBodyFilter(
      Session session, ByteBuffer body, boolean endOfStream, BodySink out, Ctx ctx)
      throws ProxyException {
    ctx.bytes += body.remaining();
    out.write(body); // none, one or many writes; `body` is lent until return
  }

  @Override
  public ProxyException failToConnect(
      Session session, HttpPeer peer, Ctx ctx, ProxyException error) {
    return ++ctx.tries < 3 ? error.withRetry(Retry.ALWAYS) : error;
  }

  @Override
  public void logging(Session session, @Nullable ProxyException error, Ctx ctx) {
    LOG.log(
        System.Logger.Level.INFO,
        "{0}: {1}, {2} bytes, {3}",
        session,
        session.status(),
        ctx.bytes,
        error == null ? "fine" : error);
  }

  public static void main(String[] args) throws Exception {
    Server server = Server.create(Options.parse(args)); // -c FILE, -t
    var upstreams = LoadBalancer.roundRobin("1.1.1.1:80", "1.0.0.1:80");
    upstreams.healthCheck(TcpHealthCheck.every(Duration.ofSeconds(1)));
    server.addService(BackgroundService.of("health", upstreams));
    var proxy = HttpProxyService.of(server.configuration(), new LoadBalancerProxy(upstreams));
    proxy.addTcp("0.0.0.0:6188");
    server.addService(proxy);
    server.runForever();
  }
}
