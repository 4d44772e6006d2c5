// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// The ready-made gateway: configuration, command line, demo.
package dev.pingora.gateway;
