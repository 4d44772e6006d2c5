// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

/// Which HTTP versions a peer is spoken to in.
public enum Alpn {
  /// HTTP/1.1 only.
  H1,
  /// HTTP/2 only; without TLS by prior knowledge.
  H2,
  /// HTTP/2 where the peer offers it, else HTTP/1.1.
  H2_H1
}
