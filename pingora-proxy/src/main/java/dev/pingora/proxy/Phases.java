// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import org.jspecify.annotations.Nullable;

/// The roles that a proxy object plays, looked up once: a phase nobody implements costs nothing.
record Phases<C>(
    ProxyHttp<C> proxy,
    @Nullable RequestBodyFilter<C> requestBody,
    @Nullable ResponseBodyFilter<C> responseBody,
    @Nullable UpstreamResponseFilter<C> upstreamResponse,
    @Nullable TrailerFilter<C> trailers,
    @Nullable ProxyFailures<C> failures,
    @Nullable UpstreamConnection<C> connection,
    @Nullable UpstreamGate<C> gate,
    @Nullable ConnectionContext<C> connectionContext,
    @Nullable RequestSummary<C> summary,
    @Nullable Refusals<C> refusals) {

  /// Every role extends `ProxyHttp<C>` with the context type of the object, so the casts hold.
  @SuppressWarnings("unchecked")
  static <C> Phases<C> of(ProxyHttp<C> proxy) {
    return new Phases<>(
        proxy,
        proxy instanceof RequestBodyFilter<?> role ? (RequestBodyFilter<C>) role : null,
        proxy instanceof ResponseBodyFilter<?> role ? (ResponseBodyFilter<C>) role : null,
        proxy instanceof UpstreamResponseFilter<?> role ? (UpstreamResponseFilter<C>) role : null,
        proxy instanceof TrailerFilter<?> role ? (TrailerFilter<C>) role : null,
        proxy instanceof ProxyFailures<?> role ? (ProxyFailures<C>) role : null,
        proxy instanceof UpstreamConnection<?> role ? (UpstreamConnection<C>) role : null,
        proxy instanceof UpstreamGate<?> role ? (UpstreamGate<C>) role : null,
        proxy instanceof ConnectionContext<?> role ? (ConnectionContext<C>) role : null,
        proxy instanceof RequestSummary<?> role ? (RequestSummary<C>) role : null,
        proxy instanceof Refusals<?> role ? (Refusals<C>) role : null);
  }
}
