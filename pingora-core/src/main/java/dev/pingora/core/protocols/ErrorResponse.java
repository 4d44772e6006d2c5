// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.http.ResponseHeader;

/// The answer to what went wrong: a bare header section that nobody may store.
public final class ErrorResponse {
  private ErrorResponse() {}

  /// {@return a new header section with this status, no content}
  public static ResponseHeader of(int status) {
    return ResponseHeader.of(status)
        .set("Server", "pingora")
        .contentLength(0)
        .set("Cache-Control", "private, no-store");
  }
}
