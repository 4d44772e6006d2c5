// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps what a stream's listener is told.
final class StreamLog implements StreamListener {
  @Nullable Http2Stream stream;
  @Nullable RequestHeader request;
  final List<ResponseHeader> responses = new ArrayList<>();
  final StringBuilder content = new StringBuilder();
  long contentBytes;
  @Nullable Fields trailers;
  Http2Error.@Nullable StreamError error;
  boolean ended;
  int writable;

  /// What [#writable] does.
  Runnable onWritable = () -> {};

  /// Content that is consumed at once; else the test does it.
  boolean consumes = true;

  @Override
  public void response(ResponseHeader response, boolean endStream) {
    responses.add(response);
    ended |= endStream;
  }

  @Override
  public void data(ByteBuffer lent, boolean endStream) {
    int count = lent.remaining();
    contentBytes += count;
    if (contentBytes < 10_000) {
      content.append(StandardCharsets.ISO_8859_1.decode(lent));
    }
    ended |= endStream;
    if (consumes) {
      stream().consumed(count);
    }
  }

  @Override
  public void trailers(Fields section) {
    trailers = section;
    ended = true;
  }

  @Override
  public void reset(Http2Error.StreamError streamError) {
    error = streamError;
  }

  @Override
  public void writable() {
    writable++;
    onWritable.run();
  }

  Http2Stream stream() {
    if (stream == null) {
      throw new AssertionError("no stream");
    }
    return stream;
  }

  RequestHeader request() {
    if (request == null) {
      throw new AssertionError("no request");
    }
    return request;
  }

  Http2Error.StreamError error() {
    if (error == null) {
      throw new AssertionError("no error");
    }
    return error;
  }

  ErrorCode errorCode() {
    return error().code();
  }
}
