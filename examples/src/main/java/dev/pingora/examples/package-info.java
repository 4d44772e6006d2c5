// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Small programs that use the library. Start one with the jars of the library on the module path
/// and `--add-opens java.base/java.lang=dev.pingora.runtime`.
package dev.pingora.examples;
