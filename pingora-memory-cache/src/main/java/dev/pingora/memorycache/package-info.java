// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// An in-memory cache that expires, and loads each missing value once.
package dev.pingora.memorycache;
