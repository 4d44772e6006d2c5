// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;

/// Whether a connection outlives an exchange (RFC 9112 §9.3). Pure; any thread may use it.
public enum Persistence {
  /// Further requests may follow.
  KEEP_ALIVE,

  /// This exchange is the last.
  CLOSE;

  /// {@return what the client wants} The HTTP/1.0 keep-alive mechanism is honoured: to its clients
  /// a gateway is an origin server, and only proxies must not (RFC 9112 §9.3).
  public static Persistence ofRequest(RequestHeader request) {
    return of(request.version(), request.headers());
  }

  /// {@return what the upstream wants and the response allows}
  ///
  /// Content that ends with the connection takes the connection with it, and a tunnel does too. The
  /// same for a 204 with fields that announce content: nobody knows whether its sender will really
  /// send none.
  public static Persistence ofResponse(ResponseHeader response, MessageFraming framing) {
    return switch (framing) {
      case MessageFraming.UntilClose _, MessageFraming.Tunnel _ -> CLOSE;
      case MessageFraming.None _, MessageFraming.ContentLength _, MessageFraming.Chunked _ ->
          isSuspicious(response) ? CLOSE : of(response.version(), response.headers());
    };
  }

  /// RFC 9112 §6.1, RFC 9110 §8.6: neither field may be sent in a 204; a harmless 0 is common.
  private static boolean isSuspicious(ResponseHeader response) {
    Fields fields = response.headers();
    if (response.status() != 204 || !fields.mayContain(FramingRules.FIELDS)) {
      return false;
    }
    int length = fields.indexOf(FieldName.CONTENT_LENGTH, 0);
    return fields.contains(FieldName.TRANSFER_ENCODING)
        || (length >= 0 && fields.valueAsLong(length) != 0);
  }

  /// RFC 9112 §9.3: close wins; then 1.1 persists; then 1.0 persists if it says keep-alive.
  private static Persistence of(HttpVersion version, Fields header) {
    if (header.contains(FieldName.CONNECTION, "close")) {
      return CLOSE;
    }
    if (version != HttpVersion.HTTP_1_0) {
      return KEEP_ALIVE;
    }
    return header.contains(FieldName.CONNECTION, "keep-alive") ? KEEP_ALIVE : CLOSE;
  }

  /// Says this in a message of ours, after [HopByHop] has taken away what others said.
  ///
  /// `close` must be said (RFC 9112 §9.6); `keep-alive` only to HTTP/1.0, which would close
  /// otherwise. An `upgrade` option stays.
  ///
  /// @param recipient the version that the recipient speaks, as far as its messages told
  public void announceIn(Fields header, HttpVersion recipient) {
    if (header.contains(FieldName.CONNECTION, "upgrade")) {
      return;
    }
    if (this == CLOSE) {
      header.set(FieldName.CONNECTION, "close");
    } else if (recipient == HttpVersion.HTTP_1_0) {
      header.set(FieldName.CONNECTION, "keep-alive");
    }
  }
}
