// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.runtime.RequestThread;

/// Where a [CachingResolver] learns what it does not know yet.
@FunctionalInterface
interface NameSource {
  /// {@return what is to be known about a name now} Runs on a request thread of its own, which may
  /// wait; always ends within a bound.
  ///
  /// @param name in lower case, no address
  NameAnswer lookup(RequestThread thread, String name) throws Exception;
}
