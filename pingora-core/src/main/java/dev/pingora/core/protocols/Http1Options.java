// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.core.server.Limits;
import dev.pingora.http1.Http1Limits;
import dev.pingora.runtime.Connection;

/// What a listener's HTTP/1 connections have in common, made ready once: times in nanoseconds, 0 =
/// no limit.
///
/// @param maxRequests requests served by one connection, 0 = no limit
public record Http1Options(
    Http1Limits heads,
    SessionLimits session,
    long headerNanos,
    long idleNanos,
    int maxRequests,
    Connection.Linger linger) {
  public static Http1Options from(Limits limits) {
    Http1Limits heads =
        Http1Limits.REQUEST.toBuilder()
            .requestLineBytes(limits.requestLineBytes())
            .headerSectionBytes(limits.headerSectionBytes())
            .headerFields(limits.headerFields())
            .trailerSectionBytes(limits.trailerSectionBytes())
            .chunkLineBytes(limits.chunkLineBytes())
            .build();
    return new Http1Options(
        heads,
        SessionLimits.from(limits),
        limits.headerTimeout().toNanos(),
        limits.idleTimeout().toNanos(),
        limits.requestsPerConnection(),
        new Connection.Linger(limits.drainBytes(), limits.drainTime().toNanos()));
  }
}
