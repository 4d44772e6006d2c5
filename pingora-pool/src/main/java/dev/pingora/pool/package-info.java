// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Idle connections by key, bounded by count and time.
package dev.pingora.pool;
