// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.error.ProxyException;
import java.nio.ByteBuffer;

/// Where a body filter puts what goes on.
@FunctionalInterface
public interface BodySink {
  /// Writes all of `body`, waiting for room as needed; its position moves to its limit.
  ///
  /// @throws ProxyException when the other side takes no more
  void write(ByteBuffer body) throws ProxyException;
}
