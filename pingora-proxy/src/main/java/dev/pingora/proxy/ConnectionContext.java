// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import org.jspecify.annotations.Nullable;

/// Carries something from one request to the next on the same downstream HTTP/1 connection.
public interface ConnectionContext<C> extends ProxyHttp<C> {
  /// {@return what the next request on this connection shall get; null for nothing} After logging.
  @Nullable Object persistConnectionContext(Session session, C context);

  /// The request before this one left something. Before `earlyRequestFilter`.
  void onConnectionReuse(Session session, C context, Object previous);
}
