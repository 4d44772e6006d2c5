// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

/// Decides, after all filters, whether a request goes to an upstream at all.
public interface UpstreamGate<C> extends ProxyHttp<C> {
  /// {@return whether to go on} If not and nothing was answered, the client gets 502.
  boolean proxyUpstreamFilter(Session session, C context) throws Exception;
}
