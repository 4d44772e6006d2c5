// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.server.ServerConf;
import dev.pingora.core.services.ListeningService;
import org.jspecify.annotations.Nullable;

/// Makes services out of proxies.
public final class HttpProxyService {
  private static final String NAME = "Pingora HTTP Proxy Service";

  private HttpProxyService() {}

  /// {@return a service that runs `proxy`; add listeners to it}
  public static <C> ListeningService of(ServerConf configuration, ProxyHttp<C> proxy) {
    return of(configuration, proxy, NAME, null);
  }

  /// {@return a service with a name of its own, and somebody who hears what it does}
  public static <C> ListeningService of(
      ServerConf configuration, ProxyHttp<C> proxy, String name, @Nullable Metrics metrics) {
    return ListeningService.http(name, new HttpProxy<>(proxy, configuration.maxRetries(), metrics));
  }
}
