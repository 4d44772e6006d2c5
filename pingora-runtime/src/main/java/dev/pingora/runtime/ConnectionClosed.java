// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.nio.channels.ClosedChannelException;

/// Tells the owner of a connection that it was closed. Every connection ends with one, so it has no
/// stack trace, which would say nothing: it is made by the event loop.
final class ConnectionClosed extends ClosedChannelException {
  private static final long serialVersionUID = 1L;

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nothing is changed
  public Throwable fillInStackTrace() {
    return this;
  }
}
