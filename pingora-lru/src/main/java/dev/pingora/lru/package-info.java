// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// A sharded, weighted list of what was used least recently.
package dev.pingora.lru;
