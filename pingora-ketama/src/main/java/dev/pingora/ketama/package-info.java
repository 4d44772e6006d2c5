// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Consistent hashing, point for point the ring of nginx.
package dev.pingora.ketama;
