// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.runtime.RequestThread;

/// One exchange with a client, whatever the protocol: the request that came, and the way back.
/// Confined to its request thread.
public interface DownstreamSession {
  /// {@return the request as received}
  RequestHeader request();

  /// {@return the thread that serves this request}
  RequestThread thread();

  /// {@return the content of the request}
  ContentSource requestContent();

  /// {@return whether the request has no content at all, or it was read to its end}
  boolean isRequestEnded();

  /// Writes a header section of the response: an interim one (1xx) as it is, the final one with the
  /// framing that fits the client.
  ///
  /// @param endOfStream no content follows
  /// @throws ProxyException WRITE_ERROR when the connection broke
  /// @throws IllegalStateException when the final header section was written before
  void sendResponse(ResponseHeader response, boolean endOfStream) throws ProxyException;

  /// Answers `Expect: 100-continue`, once, if the client waits for it: somebody wants to read the
  /// content here. Not called when the request goes on upstream, whose 100 is relayed.
  void sendContinue() throws ProxyException;

  /// {@return whether the final header section was written}
  boolean isResponseStarted();

  /// {@return whether the response was written to its end}
  boolean isResponseEnded();

  /// {@return the way for the response's content}
  ContentSink responseContent();

  /// {@return octets of response content written so far}
  long responseContentBytes();

  /// {@return whether the client asked to switch protocols and this session could}
  boolean canUpgrade();

  /// Turns both directions into plain bytes; after the 101 was written.
  void upgrade();

  /// {@return whether the client has gone: nobody will read the response}
  boolean isGone();

  /// The connection (HTTP/1) ends after this response.
  void closeAfterResponse();

  /// {@return facts about the connection}
  Digest digest();

  /// The settings of this connection; the request's own until it ends.
  SessionLimits limits();

  /// Changes the limits for this request.
  void limits(SessionLimits limits);

  /// Gives the response up in the middle: the client sees that it is incomplete (a reset stream, a
  /// connection closed without its proper end).
  void abort(ProxyException why);
}
