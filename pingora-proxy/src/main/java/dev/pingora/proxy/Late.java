// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.BufferBudget;
import dev.pingora.runtime.RequestThread;
import org.jspecify.annotations.Nullable;

/// The nearest deadline among several waits, and whose it is.
record Late(long deadline, Wait what) {
  static final Late NEVER = new Late(RequestThread.NEVER, Wait.NOTHING);

  /// What may be waited for.
  enum Wait {
    NOTHING,
    UPSTREAM_ROOM,
    CLIENT_CONTENT,
    CLIENT_ROOM,
    RESPONSE,
    BUFFER,
    WHOLE
  }

  /// {@return the nearer of this and another wait}
  ///
  /// @param since when the other wait began, or last saw progress
  /// @param nanos how long it may take, 0 = no limit
  Late or(long since, long nanos, Wait other) {
    if (nanos <= 0) {
      return this;
    }
    long end = since + nanos;
    return deadline == RequestThread.NEVER || end - deadline < 0 ? new Late(end, other) : this;
  }

  /// {@return the nearer of this and the end of the whole request}
  Late orWhole(long end) {
    boolean nearer =
        end != RequestThread.NEVER && (deadline == RequestThread.NEVER || end - deadline < 0);
    return nearer ? new Late(end, Wait.WHOLE) : this;
  }

  /// {@return the failure if the deadline has passed, else null}
  @Nullable ProxyException expired(long now) {
    if (deadline == RequestThread.NEVER || deadline - now > 0) {
      return null;
    }
    return switch (what) {
      case NOTHING -> null;
      case UPSTREAM_ROOM ->
          ProxyException.upstream(ErrorKind.WRITE_TIMEOUT, "the upstream takes no more octets");
      case CLIENT_CONTENT ->
          ProxyException.downstream(ErrorKind.READ_TIMEOUT, "the request content is too slow");
      case CLIENT_ROOM ->
          ProxyException.downstream(ErrorKind.WRITE_TIMEOUT, "the client takes no more octets");
      case BUFFER -> BufferBudget.spent();
      case WHOLE -> ProxyException.internal(ErrorKind.status(504), "the request took too long");
      case RESPONSE ->
          ProxyException.upstream(ErrorKind.READ_TIMEOUT, "the upstream sends nothing");
    };
  }
}
