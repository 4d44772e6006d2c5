// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.Digest;
import dev.pingora.error.ProxyException;

/// Role: hears of what came on a connection and was no request that could be served (malformed, too
/// large, too slow). It was answered before any phase, and the connection closes.
///
/// @param <C> the proxy's context
public interface Refusals<C> extends ProxyHttp<C> {
  /// Called on the connection's request thread. Must not block.
  ///
  /// @param connection what it came on
  /// @param status what it was answered
  /// @param why what is wrong with it
  void refused(Digest connection, int status, ProxyException why);
}
