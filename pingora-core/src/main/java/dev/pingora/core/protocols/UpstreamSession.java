// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import org.jspecify.annotations.Nullable;

/// One exchange with an upstream, whatever the protocol. Confined to its request thread.
public interface UpstreamSession {
  /// Writes the request's header section. Its framing is decided here, once.
  ///
  /// @param endOfStream no content follows
  void sendRequest(RequestHeader request, boolean endOfStream) throws ProxyException;

  /// {@return the way for the request's content}
  ContentSink requestContent();

  /// Looks for the next header section of the response: interim (1xx) ones as they come, then the
  /// final one.
  ///
  /// @return null when it has not come yet
  /// @throws ProxyException when it is malformed, or the connection ended before it
  @Nullable ResponseHeader pollResponse() throws ProxyException;

  /// {@return whether the peer has said something for which there is no buffer: the budget of the
  /// server is spent} The request's thread is woken when that begins.
  boolean isStarved();

  /// {@return the content of the final response}
  ContentSource responseContent();

  /// Turns both directions into plain bytes, after a 101 or a 2xx to CONNECT.
  void upgrade();

  /// {@return whether the connection had served a request before}
  boolean isReused();

  /// {@return facts about the connection}
  Digest digest();

  /// Ends the exchange: the connection goes back to its pool if both messages ended properly and
  /// both sides agreed to keep it, else it is closed.
  void finish();

  /// Gives the exchange up: the connection (HTTP/1) or the stream (HTTP/2) is closed.
  void abort();
}
