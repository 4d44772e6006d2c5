// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// HTTP/2 (RFC 9113) and HPACK (RFC 7541) as pure state machines: no transports, threads or clocks.
///
/// The door is [dev.pingora.http2.Http2Connection]; it is fed bytes, calls listeners, and writes
/// frames into a [dev.pingora.http2.FrameSink].
package dev.pingora.http2;
