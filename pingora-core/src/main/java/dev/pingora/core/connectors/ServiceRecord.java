// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

/// One server of a service, as DNS names it (RFC 2782).
///
/// @param priority the lowest number comes first
/// @param weight its share among those of equal priority
/// @param port where it listens
/// @param target its name
public record ServiceRecord(int priority, int weight, int port, String target) {}
