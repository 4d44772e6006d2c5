// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

/// What has happened to a backend.
public enum BackendChange {
  /// Discovery knows it since now.
  ADDED,
  /// Discovery knows it no more.
  REMOVED,
  /// Health checks found it well.
  HEALTHY,
  /// Health checks found it ill.
  UNHEALTHY,
  /// It may get work again.
  ENABLED,
  /// It gets no new work.
  DISABLED,
  /// It failed too often in a row and gets no work for a while.
  EJECTED,
  /// Its ejection is over.
  RETURNED,
  /// Its circuit breaker is open: it gets one trial now and then.
  OPENED,
  /// Its circuit breaker is closed.
  CLOSED;

  static BackendChange of(int flag, boolean set) {
    return switch (flag) {
      case BackendState.UNHEALTHY -> set ? UNHEALTHY : HEALTHY;
      case BackendState.DISABLED -> set ? DISABLED : ENABLED;
      case BackendState.EJECTED -> set ? EJECTED : RETURNED;
      case BackendState.OPEN -> set ? OPENED : CLOSED;
      default -> set ? REMOVED : ADDED;
    };
  }

  /// {@return whether it is bad news}
  public boolean isBad() {
    return this == UNHEALTHY || this == EJECTED || this == OPENED;
  }
}
