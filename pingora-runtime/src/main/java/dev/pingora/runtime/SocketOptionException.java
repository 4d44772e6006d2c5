// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A socket option that was asked for and cannot be had here: a matter of configuration, not of the
/// peer.
final class SocketOptionException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  SocketOptionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
