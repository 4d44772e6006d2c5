// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// The phases of a proxied request and the one relay below them.
package dev.pingora.proxy;
