// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.util.Arrays;

/// How long the content of one message is, and how its end is told (RFC 9112 §6.3).
///
/// The decision is made once for each message, by [#ofRequest] and [#ofResponse]; readers, writers
/// and forwarding only follow it. Two parties that decide differently see different messages, which
/// is what request smuggling is; hence whatever leaves a doubt is refused here. Values; any thread
/// may use them.
public sealed interface MessageFraming {
  /// There is no content, and no framing of it on the wire.
  record None() implements MessageFraming {
    /// The one value.
    public static final None INSTANCE = new None();
  }

  /// The content has a length known from the start.
  ///
  /// @param length in octets, 0 or more
  record ContentLength(long length) implements MessageFraming {
    private static final int SMALL = 1024;
    private static final ContentLength[] OF_SMALL = new ContentLength[SMALL];

    static {
      Arrays.setAll(OF_SMALL, ContentLength::new);
    }

    public ContentLength {
      if (length < 0) {
        throw new IllegalArgumentException("length: " + length + " (expected: 0 or more)");
      }
    }

    /// {@return the framing of this length} Those of small contents are made once.
    public static ContentLength of(long length) {
      return length >= 0 && length < SMALL ? OF_SMALL[(int) length] : new ContentLength(length);
    }
  }

  /// The content comes in chunks and may be followed by trailers (RFC 9112 §7.1).
  record Chunked() implements MessageFraming {
    /// The one value.
    public static final Chunked INSTANCE = new Chunked();
  }

  /// A response whose content ends when the upstream closes; the connection cannot be used again.
  record UntilClose() implements MessageFraming {
    /// The one value.
    public static final UntilClose INSTANCE = new UntilClose();
  }

  /// What follows is no HTTP/1: both sides relay octets until they close (101, or 2xx to CONNECT).
  record Tunnel() implements MessageFraming {
    /// The one value.
    public static final Tunnel INSTANCE = new Tunnel();
  }

  /// {@return how a request's content is framed}
  ///
  /// @throws ProxyException downstream, of kind `INVALID_HTTP_HEADER` (400) or `status(501)`
  static MessageFraming ofRequest(RequestHeader request) throws ProxyException {
    return FramingRules.ofRequest(request);
  }

  /// {@return how a response's content is framed}
  ///
  /// @param requestMethod the method of the request that this answers; HEAD and CONNECT matter
  /// @throws ProxyException upstream, of kind `INVALID_HTTP_HEADER`; the connection must not be
  ///   used again
  static MessageFraming ofResponse(ResponseHeader response, String requestMethod)
      throws ProxyException {
    return FramingRules.ofResponse(response, requestMethod);
  }

  /// Like [#ofResponse(ResponseHeader, String)]; refuses also a 101 that the request did not ask
  /// for.
  ///
  /// @param request as it was sent, with the Upgrade and Connection fields that it was sent with
  /// @throws ProxyException upstream, of kind `INVALID_HTTP_HEADER`; the connection must not be
  ///   used again
  static MessageFraming ofResponse(ResponseHeader response, RequestHeader request)
      throws ProxyException {
    return FramingRules.ofResponse(response, request);
  }

  /// Makes a header section say this framing and no other.
  ///
  /// [None] leaves Content-Length alone: in an answer to HEAD and in a 304 it describes what GET
  /// would have brought (RFC 9110 §8.6).
  default void announceIn(Fields header) {
    switch (this) {
      case None _ -> header.remove(FieldName.TRANSFER_ENCODING);
      case ContentLength(long length) -> {
        header.remove(FieldName.TRANSFER_ENCODING);
        int index = header.indexOf(FieldName.CONTENT_LENGTH, 0);
        if (index < 0 || header.valueAsLong(index) != length) {
          header.set(FieldName.CONTENT_LENGTH, length);
        }
      }
      case Chunked _ -> {
        header.remove(FieldName.CONTENT_LENGTH);
        header.set(FieldName.TRANSFER_ENCODING, "chunked");
      }
      case UntilClose _, Tunnel _ -> header.remove(FramingRules.FIELDS);
    }
  }
}
