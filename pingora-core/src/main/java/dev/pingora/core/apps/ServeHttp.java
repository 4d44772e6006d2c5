// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.apps;

/// An HTTP server of one's own: answers each request itself, whatever the protocol version.
@FunctionalInterface
public interface ServeHttp {
  /// Answers one request, on its request thread; may block in the request, the response, locks and
  /// sleeps. A response that was begun is ended when this returns.
  ///
  /// @throws Exception answered with 500, or the status that a failure of the client calls for, if
  ///   no response has begun; else the client sees it broken off
  void serve(HttpRequest request, HttpResponse response) throws Exception;
}
