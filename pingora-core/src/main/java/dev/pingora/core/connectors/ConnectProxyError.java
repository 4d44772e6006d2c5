// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static java.util.Objects.requireNonNull;

import dev.pingora.http.ResponseHeader;
import java.io.IOException;
import java.io.Serial;

/// A proxy's refusal of a CONNECT: the cause of a failure of kind CONNECT_PROXY_FAILURE.
public final class ConnectProxyError extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /// Most characters of a Proxy-Status field that are shown.
  private static final int MAX_SHOWN = 256;

  private final transient ResponseHeader response;

  /// A refusal.
  ///
  /// @param response what the proxy answered
  public ConnectProxyError(ResponseHeader response) {
    super(text(requireNonNull(response, "response")));
    this.response = response;
  }

  /// {@return what the proxy answered}
  public ResponseHeader response() {
    return response;
  }

  /// RFC 9209: the proxy's own account of what went wrong.
  private static String text(ResponseHeader response) {
    String text = "the proxy answered " + response.status();
    String status = response.headers().first("Proxy-Status");
    return status == null ? text : text + ", Proxy-Status: " + shortened(status);
  }

  private static String shortened(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }

  /// The stack says nothing about the proxy.
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nobody can share it yet
  public Throwable fillInStackTrace() {
    return this;
  }
}
