// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import java.nio.ByteBuffer;

/// Sees the response's content on its way to the client. A filter that changes the length removes
/// Content-Length in `responseFilter`.
public interface ResponseBodyFilter<C> extends ProxyHttp<C> {
  /// One piece of content; at the end an empty one with `endOfStream`.
  ///
  /// @param body lent until return
  /// @param out takes none, one or many pieces; writing `body` itself forwards it without a copy
  void responseBodyFilter(
      Session session, ByteBuffer body, boolean endOfStream, BodySink out, C context)
      throws Exception;
}
