// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Scripted byte-exact peers, fake clock and resolver.
package dev.pingora.testkit;
