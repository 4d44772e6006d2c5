// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Loops and the virtual threads bound to them.
package dev.pingora.runtime;
