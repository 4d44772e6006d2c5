// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Coarse timers: a hashed wheel for deadlines that rarely fire.
package dev.pingora.timeout;
