// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import java.nio.ByteBuffer;

/// Sees the request's content on its way to the upstream. On a retry the content that was kept
/// comes again.
public interface RequestBodyFilter<C> extends ProxyHttp<C> {
  /// One piece of content; at the end an empty one with `endOfStream`.
  ///
  /// @param body lent until return
  /// @param out takes none, one or many pieces; writing `body` itself forwards it without a copy
  void requestBodyFilter(
      Session session, ByteBuffer body, boolean endOfStream, BodySink out, C context)
      throws Exception;
}
