// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// HTTP/2 codec and connection state, no transports.
package dev.pingora.http2;
