// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;

/// Where a [CachingResolver] learns what it does not know yet.
@FunctionalInterface
interface NameSource {
  /// {@return what is to be known about a name now} Runs on a request thread of its own, which may
  /// wait; always ends within a bound.
  ///
  /// @param name in lower case, no address
  NameAnswer lookup(RequestThread thread, String name) throws Exception;

  /// {@return the servers of a service} Ends within a bound.
  ///
  /// @param name in lower case
  /// @throws ProxyException source UPSTREAM
  default Services services(RequestThread thread, String name) throws Exception {
    throw ProxyException.upstream(
        ErrorKind.CONNECT_ERROR, "cannot look up %s: this resolver knows of no services", name);
  }
}
