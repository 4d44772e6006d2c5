// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Configuration files: YAML with places, tables of keys, and problems told all at once.
package dev.pingora.core.configuration;
