// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.protocols.Http1Downstream;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.upstreams.Endpoint;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import dev.pingora.http.RequestHeader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One request from its first phase to its last. Confined to the request's thread.
final class Exchange<C> {
  private static final System.Logger LOG = System.getLogger("dev.pingora.proxy");

  private final HttpProxy<C> proxy;
  private final Session session;
  private final C context;
  private @Nullable KeptContent kept;
  private final boolean hasRequestContent;

  /// Who hears of the present attempt, and when that began on the loop's clock.
  private @Nullable Endpoint endpoint;

  private long attemptStart;
  private int attemptStatus;

  Exchange(HttpProxy<C> proxy, DownstreamSession downstream) {
    this.proxy = proxy;
    this.session = new Session(downstream);
    this.context = proxy.phases().proxy().newContext();
    this.hasRequestContent = !downstream.isRequestEnded();
  }

  Session session() {
    return session;
  }

  Phases<C> phases() {
    return proxy.phases();
  }

  C context() {
    return context;
  }

  /// {@return what was kept of the request's content so far}
  KeptContent kept() {
    KeptContent own = kept;
    if (own == null) {
      own = new KeptContent();
      kept = own;
    }
    return own;
  }

  boolean hasRequestContent() {
    return hasRequestContent;
  }

  void run() {
    Metrics metrics = proxy.metrics();
    long start = 0;
    if (metrics != null) {
      start = System.nanoTime();
      metrics.requestStarted(session);
    }
    ProxyException error = null;
    try {
      process();
    } catch (ProxyException e) {
      error = fail(e);
    }
    log(error);
    if (metrics != null) {
      metrics.requestEnded(
          session,
          session.status(),
          System.nanoTime() - start,
          session.requestContentBytes(),
          session.downstream().responseContentBytes(),
          error);
    }
  }

  private void process() throws ProxyException {
    if (session.request().method().equals("CONNECT")) {
      session.closeAfterResponse(); // what follows is meant for the tunnel
      session.respond(405);
      return;
    }
    takeConnectionContext();
    ProxyHttp<C> filters = phases().proxy();
    phase("earlyRequestFilter", filters, (e, f) -> f.earlyRequestFilter(e.session, e.context));
    phase("requestFilter", filters, (e, f) -> f.requestFilter(e.session, e.context));
    if (isAnswered() || !passesGate()) {
      return;
    }
    attempts();
  }

  private void takeConnectionContext() throws ProxyException {
    ConnectionContext<C> role = phases().connectionContext();
    if (role != null && session.downstream() instanceof Http1Downstream http1) {
      Object previous = http1.takeConnectionContext();
      if (previous != null) {
        phase(
            "onConnectionReuse",
            previous,
            (e, before) -> role.onConnectionReuse(e.session, e.context, before));
      }
    }
  }

  private boolean isAnswered() {
    return session.isResponseStarted();
  }

  private boolean passesGate() throws ProxyException {
    UpstreamGate<C> gate = phases().gate();
    if (gate == null) {
      return true;
    }
    boolean passes;
    try {
      session.downstream().thread().phase("proxyUpstreamFilter");
      passes = gate.proxyUpstreamFilter(session, context);
    } catch (Exception e) {
      throw Guard.failure("proxyUpstreamFilter", e);
    }
    if (!passes && !isAnswered()) {
      session.respond(502);
    }
    return passes;
  }

  // --- attempts ---

  private void attempts() throws ProxyException {
    int further = proxy.maxRetries();
    while (true) {
      ProxyException error = attempt();
      if (error == null) {
        return;
      }
      if (further-- <= 0 || !mayRetry(error)) {
        throw error;
      }
      LOG.log(System.Logger.Level.DEBUG, "attempt {0} failed: {1}", session.attempts(), error);
    }
  }

  /// A request may be sent again while the client has seen nothing of a response, and everything
  /// consumed of its content was kept.
  private boolean mayRetry(ProxyException error) {
    return error.retryable(true) && !isAnswered() && (kept == null || kept.isComplete());
  }

  /// {@return null when the response was relayed, else why not, with a decided retry}
  private @Nullable ProxyException attempt() throws ProxyException {
    session.attempt();
    HttpPeer peer = choosePeer();
    Endpoint endpoint = peer.endpoint();
    long start = now();
    this.endpoint = endpoint;
    this.attemptStart = start;
    this.attemptStatus = 0;
    if (endpoint != null && !endpoint.attemptStarted()) {
      return failedToConnect(
          peer,
          ProxyException.upstream(ErrorKind.OVER_LIMIT, "the backend has as much as it may have")
              .withRetry(Retry.ALWAYS));
    }
    ProxyException error = null;
    try {
      error = attempt(peer, endpoint, start);
    } catch (ProxyException e) {
      error = e;
      throw e;
    } finally {
      if (endpoint != null) {
        endpoint.attemptEnded(now() - start, attemptStatus, error);
      }
    }
    Metrics metrics = proxy.metrics();
    if (error != null && metrics != null) {
      metrics.retried(peer, error);
    }
    return error;
  }

  /// The final response's header section has come.
  void answered(int status) {
    attemptStatus = status;
    Endpoint own = endpoint;
    if (own != null) {
      own.firstByte(now() - attemptStart, status);
    }
  }

  /// The loop's clock, which costs nothing and lags a turn at most.
  private long now() {
    return session.downstream().thread().loop().now();
  }

  private HttpPeer choosePeer() throws ProxyException {
    session.downstream().thread().phase("upstreamPeer");
    try {
      return phases().proxy().upstreamPeer(session, context);
    } catch (Exception e) {
      throw Guard.failure("upstreamPeer", e);
    }
  }

  private @Nullable ProxyException attempt(HttpPeer peer, @Nullable Endpoint endpoint, long start)
      throws ProxyException {
    UpstreamSession upstream;
    try {
      session.downstream().thread().phase("connect");
      upstream = proxy.connector().connect(session.downstream().thread(), peer);
    } catch (ProxyException e) {
      return failedToConnect(peer, e);
    }
    boolean reused = upstream.isReused();
    if (endpoint != null) {
      endpoint.connected(now() - start, reused);
    }
    count(peer, reused);
    session.upstreamDigest(upstream.digest());
    try {
      relay(peer, upstream, reused);
      return null;
    } catch (ProxyException e) {
      upstream.abort();
      return failedWhileProxying(peer, e, reused);
    } catch (RuntimeException e) {
      upstream.abort();
      throw e;
    }
  }

  private void count(HttpPeer peer, boolean reused) {
    Metrics metrics = proxy.metrics();
    if (metrics == null) {
      return;
    }
    if (reused) {
      metrics.poolHit(peer);
    } else {
      metrics.poolMiss(peer);
    }
  }

  private void relay(HttpPeer peer, UpstreamSession upstream, boolean reused)
      throws ProxyException {
    UpstreamConnection<C> role = phases().connection();
    if (role != null) {
      phase(
          "connectedToUpstream",
          upstream,
          (e, to) -> role.connectedToUpstream(e.session, reused, peer, to.digest(), e.context));
    }
    RequestHeader request =
        Forwarding.request(session.request(), session.downstream().canUpgrade(), peer);
    phase(
        "upstreamRequestFilter",
        request,
        (e, r) -> e.phases().proxy().upstreamRequestFilter(e.session, r, e.context));
    upstream.sendRequest(request, !hasRequestContent);
    Relay<C> relay = new Relay<>(this, upstream, peer.options());
    try {
      relay.run();
    } catch (ProxyException e) {
      ProxyException earlier = relay.writeFailure();
      throw earlier != null && e.source() == ErrorSource.UPSTREAM && !isAnswered()
          ? earlier.withRetry(e.retry())
          : e;
    }
    upstream.finish();
  }

  private ProxyException failedToConnect(HttpPeer peer, ProxyException error) {
    ProxyException seen = error.withSource(ErrorSource.UPSTREAM).withContext("Peer: %s", peer);
    ProxyFailures<C> role = phases().failures();
    return role == null
        ? seen
        : asked(
            "failToConnect",
            () ->
                role.failToConnect(session, peer, context, seen).withSource(ErrorSource.UPSTREAM));
  }

  /// What a role of the user's makes of a failure. If the role itself fails, that is the failure
  /// (500), and nothing is tried again.
  private static ProxyException asked(String name, Supplier<ProxyException> role) {
    try {
      return role.get();
    } catch (RuntimeException e) {
      return Guard.failure(name, e);
    }
  }

  /// A failure on a connection that had been idle is the connection's, not the upstream's: such a
  /// request goes to a fresh one.
  private ProxyException failedWhileProxying(HttpPeer peer, ProxyException error, boolean reused) {
    ProxyException decided =
        error.retryable(reused) ? error.withRetry(Retry.ALWAYS) : error.withRetry(Retry.NEVER);
    ProxyException seen = decided.withContext("Peer: %s", peer);
    ProxyFailures<C> role = phases().failures();
    return role == null
        ? seen
        : asked(
            "errorWhileProxy", () -> role.errorWhileProxy(peer, session, seen, context, reused));
  }

  // --- the end ---

  /// Answers a failure, and returns it for the log.
  private ProxyException fail(ProxyException error) {
    ProxyFailures<C> role = phases().failures();
    try {
      if (role == null) {
        session.respondError(error);
      } else {
        role.failToProxy(session, error, context);
      }
    } catch (Exception e) {
      LOG.log(System.Logger.Level.DEBUG, "a failure could not be answered: {0}", e.toString());
    }
    if (!session.downstream().isResponseEnded()) {
      session.downstream().abort(error);
    }
    if (!isSuppressed(role, error)) {
      report(error);
    }
    return error;
  }

  private boolean isSuppressed(@Nullable ProxyFailures<C> role, ProxyException error) {
    try {
      return role != null && role.suppressErrorLog(session, context, error);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "suppressErrorLog threw", e);
      return false;
    }
  }

  /// The client's faults are worth a debug line only: anyone could fill a disk with them.
  private void report(ProxyException error) {
    boolean clients = error.source() == ErrorSource.DOWNSTREAM;
    System.Logger.Level level = clients ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
    if (!LOG.isLoggable(level)) {
      return;
    }
    String line = "Fail to proxy: " + error + ", tries: " + session.attempts() + ", " + summary();
    if (error.kind().equals(ErrorKind.INTERNAL_ERROR) && error.getCause() != null) {
      LOG.log(System.Logger.Level.ERROR, line, error.rootCause());
    } else {
      LOG.log(level, line);
    }
  }

  private String summary() {
    RequestSummary<C> role = phases().summary();
    try {
      return role == null ? session.toString() : role.requestSummary(session, context);
    } catch (RuntimeException e) {
      return session + " (requestSummary threw " + e + ")";
    }
  }

  private void log(@Nullable ProxyException error) {
    session.downstream().thread().phase("logging");
    try {
      phases().proxy().logging(session, error, context);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "logging threw", e);
    }
    session.end();
    ConnectionContext<C> role = phases().connectionContext();
    if (role != null && session.downstream() instanceof Http1Downstream http1) {
      http1.connectionContext(left(role));
    }
  }

  /// {@return what the next request on this connection gets}
  private @Nullable Object left(ConnectionContext<C> role) {
    try {
      return role.persistConnectionContext(session, context);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "persistConnectionContext threw", e);
      return null;
    }
  }

  private <A> void phase(String name, A subject, Call<C, A> call) throws ProxyException {
    session.downstream().thread().phase(name);
    Metrics metrics = proxy.metrics();
    long start = metrics == null ? 0 : System.nanoTime();
    try {
      call.run(this, subject);
    } catch (Exception e) {
      throw Guard.failure(name, e);
    } finally {
      if (metrics != null) {
        metrics.phase(name, System.nanoTime() - start);
      }
    }
  }

  /// The call of a phase. What every request runs captures nothing: no object is made for it.
  private interface Call<C, A> {
    void run(Exchange<C> exchange, A subject) throws Exception;
  }
}
