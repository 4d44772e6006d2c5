// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// HTTP/1.1 codec without sockets, both sides, strict by RFC 9112.
package dev.pingora.http1;
