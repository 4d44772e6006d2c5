// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.tls.SslDigest;
import org.jspecify.annotations.Nullable;

/// What the access log knows of one request. Made on the loop, formatted on the writer's thread.
///
/// Texts may hold anything that a client can send; the formats escape it.
///
/// @param timeMillis when the request began, in milliseconds since 1970
/// @param client address of the client, without port
/// @param method request method; null = what came was no request, and was refused
/// @param target request target as it came; null = as above
/// @param version protocol version, as `HTTP/1.1`; null = as above
/// @param host host that was asked for; null = none
/// @param status status code of the response; 0 = none was sent
/// @param requestBytes content received from the client
/// @param responseBytes content sent to the client
/// @param durationNanos from the first byte of the request to the end of the exchange
/// @param referer value of Referer; null = none
/// @param userAgent value of User-Agent; null = none
/// @param upstream address of the last server tried; null = none
/// @param attempts servers tried
/// @param error what went wrong; null = nothing
/// @param tls of the client's connection; null = none
record AccessLogEntry(
    long timeMillis,
    String client,
    @Nullable String method,
    @Nullable String target,
    @Nullable String version,
    @Nullable String host,
    int status,
    long requestBytes,
    long responseBytes,
    long durationNanos,
    @Nullable String referer,
    @Nullable String userAgent,
    @Nullable String upstream,
    int attempts,
    @Nullable String error,
    @Nullable Tls tls) {

  /// What TLS has agreed on.
  ///
  /// @param version as `TLSv1.3`
  /// @param cipher IANA's name of the suite
  /// @param name asked for in SNI; null = none
  /// @param client subject of the certificate that the client showed; null = none
  record Tls(String version, String cipher, @Nullable String name, @Nullable String client) {
    static @Nullable Tls of(@Nullable SslDigest digest) {
      return digest == null
          ? null
          : new Tls(
              digest.version().toString(), digest.cipher(), digest.serverName(), digest.subject());
    }
  }

  /// {@return the entry of something that was no request}
  ///
  /// @param error what is wrong with it
  static AccessLogEntry refused(
      long timeMillis, String client, int status, String error, @Nullable Tls tls) {
    return new AccessLogEntry(
        timeMillis,
        client,
        null,
        null,
        null,
        null,
        status,
        0,
        0,
        0,
        null,
        null,
        null,
        0,
        error,
        tls);
  }

  /// {@return about how many bytes this entry keeps in memory while it waits}
  int weight() {
    return 256
        + client.length()
        + length(target)
        + length(host)
        + length(referer)
        + length(userAgent)
        + length(error)
        + (tls == null ? 0 : length(tls.name()) + length(tls.client()));
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
