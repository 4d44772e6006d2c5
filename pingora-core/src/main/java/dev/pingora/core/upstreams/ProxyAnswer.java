// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import org.jspecify.annotations.Nullable;

/// Makes something of a proxy's answer to CONNECT.
@FunctionalInterface
public interface ProxyAnswer {
  /// {@return what the digest of the connection shall keep} Must be thread-safe.
  @Nullable Object keep(RequestHeader request, ResponseHeader response);
}
