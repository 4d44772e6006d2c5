// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import org.jspecify.annotations.Nullable;

/// A proxy: what happens to each request on its way, phase by phase. Two methods are required; the
/// rarer phases are roles ([RequestBodyFilter], [ResponseBodyFilter], [ProxyFailures], …) that the
/// same object may implement.
///
/// ```
///  earlyRequestFilter ─► requestFilter ─► [proxyUpstreamFilter]
///    ┌► upstreamPeer ─► connect ─► [connectedToUpstream] ─► upstreamRequestFilter
///    │    ─► [requestBodyFilter]* ⇄ [upstreamResponseFilter] ─► responseFilter
///    └─ retry                          ─► [responseBodyFilter]*
///  logging
/// ```
///
/// One object serves all requests, on request threads of every loop: its own fields must be
/// thread-safe. What belongs to one request goes into the context. A phase is plain code on the
/// request's virtual thread: it may wait on sockets, locks and sleeps; files, native code and long
/// computation go through [Session#offload]. Whatever a phase throws ends the request: a
/// [ProxyException] with the status its kind maps to, anything else with 500.
///
/// @param <C> the context: one object per request
public interface ProxyHttp<C> {
  /// {@return a new context} Once per request.
  C newContext();

  /// {@return where this attempt goes} Called for every attempt; may wait.
  ///
  /// @throws Exception ends the request: no further attempt follows, whatever the retry decision
  HttpPeer upstreamPeer(Session session, C context) throws Exception;

  /// The first phase, before anything else looks at the request: settings, limits, timeouts.
  default void earlyRequestFilter(Session session, C context) throws Exception {}

  /// Access control, rate limits, answers of our own. Answering ([Session#respond]) ends the
  /// request here.
  default void requestFilter(Session session, C context) throws Exception {}

  /// Changes what is sent upstream: a copy of the client's header section, made for this attempt,
  /// without hop-by-hop fields.
  default void upstreamRequestFilter(Session session, RequestHeader upstreamRequest, C context)
      throws Exception {}

  /// Changes what is sent to the client. Called for interim responses (1xx) too.
  default void responseFilter(Session session, ResponseHeader response, C context)
      throws Exception {}

  /// The last phase, once for each request that got a context, whatever happened.
  ///
  /// @param error why the request failed; null when it did not
  default void logging(Session session, @Nullable ProxyException error, C context) {}
}
