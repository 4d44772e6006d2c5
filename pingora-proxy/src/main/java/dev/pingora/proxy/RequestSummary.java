// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

/// Names requests in log lines.
public interface RequestSummary<C> extends ProxyHttp<C> {
  /// {@return one line without control characters}
  String requestSummary(Session session, C context);
}
