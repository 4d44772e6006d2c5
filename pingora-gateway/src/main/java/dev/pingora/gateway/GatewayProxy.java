// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.CidrSet;
import dev.pingora.core.protocols.Digest;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import dev.pingora.http.FieldLine;
import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.Method;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.HopByHop;
import dev.pingora.lb.Backend;
import dev.pingora.proxy.ProxyFailures;
import dev.pingora.proxy.Refusals;
import dev.pingora.proxy.Session;
import dev.pingora.proxy.UpstreamResponseFilter;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The gateway's phases: finds the route, answers or forwards, edits fields, tells upstreams who
/// asks. Thread-safe.
final class GatewayProxy
    implements ProxyFailures<GatewayProxy.Ctx>,
        UpstreamResponseFilter<GatewayProxy.Ctx>,
        Refusals<GatewayProxy.Ctx> {
  private static final byte[] TOO_MANY = "too many requests\n".getBytes(StandardCharsets.US_ASCII);

  /// What the access log calls a request over its route's rate.
  private static final String RATE_LIMITED = "RateLimited";

  private static final FieldLine FORWARDED_HTTP = FieldLine.of(FieldName.X_FORWARDED_PROTO, "http");

  private final RouteTable<Route> routes;
  private final CidrSet trusted;
  private final ClientAddresses clients;
  private final @Nullable AccessLog accessLog;

  GatewayProxy(RouteTable<Route> routes, CidrSet trusted, @Nullable AccessLog accessLog) {
    this.routes = routes;
    this.trusted = trusted;
    this.clients = new ClientAddresses(trusted);
    this.accessLog = accessLog;
  }

  /// What is known about one request.
  static final class Ctx {
    /// When it began, if anybody will ask.
    final long start;

    @Nullable Route route;
    @Nullable Upstream upstream;
    @Nullable HttpPeer peer;

    /// Where the present attempt goes.
    @Nullable Backend backend;

    /// Where earlier attempts went.
    List<Backend> tried = List.of();

    /// Whether it came too soon after others of its client.
    boolean rateLimited;

    Ctx(long start) {
      this.start = start;
    }
  }

  @Override
  public Ctx newContext() {
    return new Ctx(accessLog == null ? 0 : System.nanoTime());
  }

  @Override
  public void requestFilter(Session session, Ctx ctx) throws Exception {
    RequestHeader request = session.request();
    Route route = routes.find(request.host(), request.path(), request.method(), request.headers());
    ctx.route = route;
    if (route == null) {
      session.respond(404, "text/plain; charset=utf-8", "no route\n");
      return;
    }
    session.deadline(route.conf().timeout());
    RateLimit limit = route.rateLimit();
    long wait = limit == null ? 0 : limit.secondsToWait(session, clients);
    if (wait > 0) {
      ctx.rateLimited = true;
      tooMany(session, route, wait);
      return;
    }
    switch (route.conf().action()) {
      case Action.Forward _, Action.Split _ -> ctx.upstream = route.upstream();
      case Action.Respond respond -> answer(session, route, respond);
      case Action.Redirect redirect -> redirect(session, route, redirect);
    }
  }

  /// RFC 6585 §4, RFC 9110 §10.2.3.
  private static void tooMany(Session session, Route route, long seconds) throws ProxyException {
    ResponseHeader header =
        ResponseHeader.of(429)
            .set(FieldName.RETRY_AFTER, Long.toString(seconds))
            .set(FieldName.CONTENT_TYPE, "text/plain; charset=utf-8");
    respond(session, route, header, TOO_MANY);
  }

  private static void answer(Session session, Route route, Action.Respond respond)
      throws ProxyException {
    byte[] content = route.content();
    ResponseHeader header = ResponseHeader.of(respond.status());
    if (content.length > 0) {
      header.set(FieldName.CONTENT_TYPE, respond.contentType());
    }
    respond(session, route, header, content);
  }

  private static void respond(Session session, Route route, ResponseHeader header, byte[] content)
      throws ProxyException {
    header.contentLength(content.length);
    route.conf().responseHeaders().apply(header.headers());
    session.response().header(header, content.length == 0);
    session.response().write(ByteBuffer.wrap(content));
    session.response().end();
  }

  private static void redirect(Session session, Route route, Action.Redirect redirect)
      throws ProxyException {
    RequestHeader request = session.request();
    String location =
        redirect
            .location()
            .expand(variable ->
                switch (variable) {
                  case SCHEME -> "http";
                  case HOST -> request.host();
                  case AUTHORITY -> request.authority();
                  case TARGET -> pathAndQuery(request);
                  case PATH -> request.path();
                });
    ResponseHeader header =
        ResponseHeader.of(redirect.status()).set(FieldName.LOCATION, location).contentLength(0);
    route.conf().responseHeaders().apply(header.headers());
    session.response().header(header, true);
  }

  private static String pathAndQuery(RequestHeader request) {
    String query = request.query();
    return query == null ? request.rawPath() : request.rawPath() + "?" + query;
  }

  @Override
  public HttpPeer upstreamPeer(Session session, Ctx ctx) throws ProxyException {
    Upstream upstream = ctx.upstream;
    Backend backend = upstream == null ? null : next(upstream, session, ctx);
    if (backend == null) {
      throw ProxyException.of(
          ErrorKind.NO_HEALTHY_UPSTREAM,
          "no server of %s takes work",
          upstream == null ? "-" : upstream.name());
    }
    HttpPeer peer = Upstream.peer(backend);
    ctx.backend = backend;
    ctx.peer = peer;
    return peer;
  }

  private @Nullable Backend next(Upstream upstream, Session session, Ctx ctx) {
    Backend failed = ctx.backend;
    if (failed == null) {
      return upstream.select(session, clients);
    }
    List<Backend> tried = new ArrayList<>(ctx.tried);
    tried.add(failed);
    ctx.tried = tried;
    return upstream.selectOther(session, clients, tried);
  }

  @Override
  public void upstreamRequestFilter(Session session, RequestHeader upstreamRequest, Ctx ctx)
      throws ProxyException {
    Route route = route(ctx);
    RouteConf conf = route.conf();
    HopByHop.removeLookalikes(upstreamRequest.headers(), route.said());
    forwardedFields(session, upstreamRequest.headers(), conf.requestHeaders());
    rewrite(conf, upstreamRequest);
    switch (conf.host()) {
      case HostPolicy.Keep _ -> {}
      case HostPolicy.Upstream _ -> {
        HttpPeer peer = ctx.peer;
        if (peer != null) {
          upstreamRequest.set(FieldName.HOST, peer.authority());
        }
      }
      case HostPolicy.Literal literal -> upstreamRequest.set(FieldName.HOST, literal.authority());
    }
    conf.requestHeaders().apply(upstreamRequest.headers());
  }

  private static RouteConf conf(Ctx ctx) {
    return route(ctx).conf();
  }

  private static Route route(Ctx ctx) {
    Route route = ctx.route;
    if (route == null) {
      throw new IllegalStateException("no route was found, and the request went on");
    }
    return route;
  }

  private static void rewrite(RouteConf conf, RequestHeader request) {
    Rewrite rewrite = conf.rewrite();
    if (rewrite == null) {
      return;
    }
    String path = rewrite.apply(request.path());
    if (path != null) {
      String query = request.query();
      request.target(query == null ? path : path + "?" + query);
    }
  }

  /// Says who asked for what. What the client says of it is believed only if it is a trusted proxy.
  ///
  /// @param edits of the route: what it sets is not set here before
  private void forwardedFields(Session session, Fields fields, FieldEdits edits) {
    String ip = session.connection().peerIp();
    String client = ip == null ? "unknown" : ip; // RFC 7239 §6.2 has this word
    boolean believed =
        !trusted.isEmpty()
            && session.clientAddress() instanceof InetSocketAddress inet
            && trusted.contains(inet.getAddress());
    if (believed && fields.contains(FieldName.X_FORWARDED_FOR)) {
      String list = String.join(", ", fields.all(FieldName.X_FORWARDED_FOR));
      fields.set(FieldName.X_FORWARDED_FOR, list + ", " + client);
    } else {
      fields.set(FieldName.X_FORWARDED_FOR, client);
    }
    if (!believed) {
      fields.remove(FieldName.FORWARDED);
      fields.remove(FieldName.X_REAL_IP);
      fields.remove(FieldName.X_FORWARDED_PORT);
    }
    boolean tell = !believed || !fields.contains(FieldName.X_FORWARDED_PROTO);
    if (tell && !edits.sets(FieldName.X_FORWARDED_PROTO)) {
      fields.set(FORWARDED_HTTP);
    }
    if (!believed || !fields.contains(FieldName.X_FORWARDED_HOST)) {
      forwardedHost(session.request(), fields);
    }
  }

  private static void forwardedHost(RequestHeader request, Fields fields) {
    int line = request.headers().indexOf(FieldName.HOST, 0);
    String authority = line >= 0 ? "" : request.authority();
    if (line >= 0 && request.headers().valueLength(line) > 0) {
      fields.set(FieldName.X_FORWARDED_HOST, request.headers(), line);
    } else if (!authority.isEmpty()) {
      fields.set(FieldName.X_FORWARDED_HOST, authority);
    } else {
      fields.remove(FieldName.X_FORWARDED_HOST);
    }
  }

  @Override
  public void responseFilter(Session session, ResponseHeader response, Ctx ctx) {
    Upstream upstream = ctx.upstream;
    Backend backend = ctx.backend;
    if (upstream != null && backend != null && response.status() >= 200) {
      upstream.stick(session, response, backend, session.connection().ssl() != null);
    }
    conf(ctx).responseHeaders().apply(response.headers());
  }

  // --- retries ---

  /// An answer that the route would rather have from another server.
  @Override
  public void upstreamResponseFilter(Session session, ResponseHeader response, Ctx ctx)
      throws ProxyException {
    int status = response.status();
    if (status >= 500
        && mayTryAgain(session, ctx)
        && conf(ctx).retry().follows(status)
        && Method.isIdempotent(session.request().method())) {
      throw ProxyException.upstream(ErrorKind.status(status), "the upstream answered %s", status)
          .withRetry(Retry.ALWAYS);
    }
  }

  @Override
  public ProxyException failToConnect(
      Session session, HttpPeer peer, Ctx ctx, ProxyException error) {
    return decide(error, conf(ctx).retry().follows(RetryConf.Fault.CONNECT), session, ctx);
  }

  @Override
  public ProxyException errorWhileProxy(
      HttpPeer peer, Session session, ProxyException error, Ctx ctx, boolean reused) {
    if (error.kind().isStatus()) {
      return error; // decided above
    }
    boolean broke =
        error.source() == ErrorSource.UPSTREAM
            && (error.kind().equals(ErrorKind.CONNECTION_CLOSED)
                || error.kind().equals(ErrorKind.READ_ERROR)
                || error.kind().equals(ErrorKind.WRITE_ERROR));
    boolean wanted =
        broke
            && conf(ctx).retry().follows(RetryConf.Fault.RESET_BEFORE_RESPONSE)
            && (error.retry() == Retry.ALWAYS || Method.isIdempotent(session.request().method()));
    return decide(error, wanted, session, ctx);
  }

  private static boolean mayTryAgain(Session session, Ctx ctx) {
    return session.attempts() <= conf(ctx).retry().attempts();
  }

  private static ProxyException decide(
      ProxyException error, boolean wanted, Session session, Ctx ctx) {
    boolean again = wanted && mayTryAgain(session, ctx);
    return error.withRetry(again ? Retry.ALWAYS : Retry.NEVER);
  }

  // --- the end ---

  @Override
  public void logging(Session session, @Nullable ProxyException error, Ctx ctx) {
    AccessLog log = accessLog;
    if (log != null && log.takes()) {
      log.log(entry(session, error, ctx));
    }
  }

  private static AccessLogEntry entry(Session session, @Nullable ProxyException error, Ctx ctx) {
    RequestHeader request = session.request();
    HttpPeer peer = ctx.peer;
    long nanos = System.nanoTime() - ctx.start;
    return new AccessLogEntry(
        System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(nanos),
        client(session.connection()),
        request.method(),
        request.target(),
        version(request.version()),
        request.headers().first(FieldName.HOST),
        session.status(),
        session.requestContentBytes(),
        session.responseContentBytes(),
        nanos,
        request.headers().first(FieldName.REFERER),
        request.headers().first(FieldName.USER_AGENT),
        peer == null ? null : Addresses.text(peer.address()),
        session.attempts(),
        fault(error, ctx),
        AccessLogEntry.Tls.of(session.connection().ssl()));
  }

  private static @Nullable String fault(@Nullable ProxyException error, Ctx ctx) {
    if (error != null) {
      return error.kind().name();
    }
    return ctx.rateLimited ? RATE_LIMITED : null;
  }

  @Override
  public void refused(Digest connection, int status, ProxyException why) {
    AccessLog log = accessLog;
    if (log != null && log.takes()) {
      String error = String.valueOf(why.getMessage());
      log.log(
          AccessLogEntry.refused(
              System.currentTimeMillis(),
              client(connection),
              status,
              error,
              AccessLogEntry.Tls.of(connection.ssl())));
    }
  }

  private static String client(Digest connection) {
    String ip = connection.peerIp();
    return ip == null ? "unix:" : ip;
  }

  private static String version(HttpVersion version) {
    return switch (version) {
      case HTTP_1_0 -> "HTTP/1.0";
      case HTTP_1_1 -> "HTTP/1.1";
      case HTTP_2 -> "HTTP/2.0";
      case HTTP_3 -> "HTTP/3.0";
    };
  }
}
