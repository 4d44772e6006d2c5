// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.http.Fields;

/// Sees trailer sections that are about to be forwarded.
public interface TrailerFilter<C> extends ProxyHttp<C> {
  /// Changes the request's trailer section.
  default void requestTrailerFilter(Session session, Fields trailers, C context) throws Exception {}

  /// Changes the response's trailer section.
  default void responseTrailerFilter(Session session, Fields trailers, C context)
      throws Exception {}
}
