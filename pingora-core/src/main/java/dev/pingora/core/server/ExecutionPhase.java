// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

/// Where a server is in its life.
public enum ExecutionPhase {
  SETUP,
  BOOTSTRAP,
  BOOTSTRAP_COMPLETE,
  RUNNING,
  GRACEFUL_TERMINATE,
  SHUTDOWN_STARTED,
  SHUTDOWN_GRACE_PERIOD,
  SHUTDOWN_RUNTIMES,
  TERMINATED
}
