// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Server, services, listeners, connectors, peers, sessions, configuration.
package dev.pingora.core.server;
