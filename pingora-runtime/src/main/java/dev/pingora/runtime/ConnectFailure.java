// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import java.net.BindException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.util.Locale;

/// Which kind of failure a failed connect is.
final class ConnectFailure {
  private ConnectFailure() {}

  static ProxyException of(IOException cause, SocketAddress remote) {
    return ProxyException.explain(kind(cause), cause, "connecting to %s", remote)
        .withSource(dev.pingora.error.ErrorSource.UPSTREAM);
  }

  private static ErrorKind kind(IOException cause) {
    if (cause instanceof SocketOptionException) {
      return ErrorKind.SOCKET_ERROR;
    }
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("refused")) {
      return ErrorKind.CONNECT_REFUSED;
    }
    if (text.contains("timed out")) {
      return ErrorKind.CONNECT_TIMEOUT;
    }
    if (cause instanceof NoRouteToHostException
        || text.contains("unreachable")
        || text.contains("no route")) {
      return ErrorKind.CONNECT_NO_ROUTE;
    }
    if (cause instanceof BindException || text.contains("cannot assign")) {
      return ErrorKind.BIND_ERROR;
    }
    if (text.contains("not permitted") || text.contains("already in use")) {
      return ErrorKind.INTERNAL_ERROR;
    }
    return ErrorKind.CONNECT_ERROR;
  }
}
