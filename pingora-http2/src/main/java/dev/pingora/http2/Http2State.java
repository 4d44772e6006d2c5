// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// What a connection is good for.
public enum Http2State {
  /// Streams come and go.
  OPEN,
  /// One side has said GOAWAY; open streams are finished.
  DRAINING,
  /// Nothing is left to do: write out the sink, then close the transport.
  DRAINED,
  /// Failed, or ended by the transport: write out the sink if possible, then close the transport.
  CLOSED
}
