// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Backends, discovery and selection.
package dev.pingora.lb;
