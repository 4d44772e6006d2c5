// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;

/// What a backend answers that one that is well would not.
final class HealthFailure {
  private static final ErrorKind KIND = ErrorKind.custom("HealthCheck");

  private HealthFailure() {}

  /// {@return the failure, to be thrown}
  ///
  /// @param what of the backend, as in "it answers 503"
  static ProxyException of(String what) {
    return ProxyException.upstream(KIND, "%s", what);
  }
}
