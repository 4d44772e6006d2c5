// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.http.ResponseHeader;

/// Sees the response as the upstream sent it, before anything is stored.
public interface UpstreamResponseFilter<C> extends ProxyHttp<C> {
  /// Changes the response's header section. Called for interim responses (1xx) too.
  void upstreamResponseFilter(Session session, ResponseHeader response, C context) throws Exception;
}
