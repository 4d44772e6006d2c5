// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.core.server.Limits;

/// The waits and bounds of one downstream session, in nanoseconds and octets; 0 = no limit.
///
/// @param contentNanos between two reads of request content
/// @param writeNanos between two successful writes
/// @param requestContentBytes most octets of request content; above it 413
/// @param drainBytes unread request content that is read and dropped before a connection is closed
///   instead
/// @param drainNanos how long that may take
public record SessionLimits(
    long contentNanos,
    long writeNanos,
    long requestContentBytes,
    long drainBytes,
    long drainNanos) {
  /// {@return what of a listener's limits may change from request to request}
  public static SessionLimits from(Limits limits) {
    return new SessionLimits(
        limits.contentTimeout().toNanos(),
        limits.writeTimeout().toNanos(),
        limits.requestContentBytes(),
        limits.drainBytes(),
        limits.drainTime().toNanos());
  }

  /// {@return the same with another bound on the request's content, 0 = none; over it 413}
  public SessionLimits withRequestContentBytes(long bytes) {
    return new SessionLimits(contentNanos, writeNanos, bytes, drainBytes, drainNanos);
  }

  /// {@return the same with another wait for request content, in nanoseconds, 0 = no bound}
  public SessionLimits withContentNanos(long nanos) {
    return new SessionLimits(nanos, writeNanos, requestContentBytes, drainBytes, drainNanos);
  }

  /// {@return the same with another wait for the client to read, in nanoseconds, 0 = no bound}
  public SessionLimits withWriteNanos(long nanos) {
    return new SessionLimits(contentNanos, nanos, requestContentBytes, drainBytes, drainNanos);
  }
}
