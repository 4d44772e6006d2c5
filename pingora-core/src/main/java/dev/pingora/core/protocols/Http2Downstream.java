// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.FieldNames;
import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http2.ErrorCode;
import dev.pingora.http2.Http2Error;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One exchange on a stream of a downstream HTTP/2 connection. Confined to the stream's thread.
final class Http2Downstream implements DownstreamSession, ContentSource, ContentSink {
  /// RFC 9113 §8.2.2: these belong to HTTP/1 connections.
  private static final FieldNames CONNECTION_SPECIFIC =
      FieldNames.of(
          FieldName.CONNECTION,
          FieldName.KEEP_ALIVE,
          FieldName.PROXY_CONNECTION,
          FieldName.TRANSFER_ENCODING,
          FieldName.UPGRADE);

  private final Http2Server server;
  private final Http2Exchange exchange;
  private final RequestThread thread;
  private final RequestHeader request;
  private SessionLimits limits;
  private @Nullable ByteBuffer piece;
  private long received;
  private long written;
  private boolean requestEnded;
  private boolean started;
  private boolean responseEnded;
  private boolean contentless;

  Http2Downstream(
      Http2Server server,
      Http2Exchange exchange,
      RequestThread thread,
      RequestHeader request,
      Http1Options options) {
    this.server = server;
    this.exchange = exchange;
    this.thread = thread;
    this.request = request;
    this.limits = options.session();
  }

  @Override
  public RequestHeader request() {
    return request;
  }

  @Override
  public RequestThread thread() {
    return thread;
  }

  @Override
  public ContentSource requestContent() {
    return this;
  }

  // --- the request's content ---

  @Override
  public Progress poll() throws ProxyException {
    ByteBuffer own = piece;
    if (own != null && own.hasRemaining()) {
      return Progress.READY;
    }
    boolean last = exchange.isEnded();
    piece = exchange.nextPiece();
    if (piece != null) {
      received += piece.remaining();
      checkLimit();
      return Progress.READY;
    }
    if (last) {
      requestEnded = true;
      return Progress.ENDED;
    }
    failIfReset();
    return Progress.PENDING;
  }

  private void checkLimit() throws ProxyException {
    if (limits.requestContentBytes() > 0 && received > limits.requestContentBytes()) {
      throw ProxyException.downstream(
          ErrorKind.status(413),
          "more than %s octets of request content",
          limits.requestContentBytes());
    }
  }

  private void failIfReset() throws ProxyException {
    Http2Error.StreamError failure = exchange.failure();
    if (failure != null) {
      throw ProxyException.downstream(
          ErrorKind.CONNECTION_CLOSED, "stream reset: %s %s", failure.code(), failure.reason());
    }
  }

  @Override
  public int length() {
    ByteBuffer own = piece;
    return own == null ? 0 : own.remaining();
  }

  @Override
  public ByteBuffer piece() {
    ByteBuffer own = piece;
    return own == null ? ByteBuffer.allocate(0) : own.slice();
  }

  @Override
  public void skip() {
    skip(length());
  }

  @Override
  public void skip(int octets) {
    ByteBuffer own = piece;
    if (own != null && octets > 0) {
      own.position(own.position() + octets);
      exchange.consumed(octets);
    }
  }

  @Override
  public boolean isEnded() {
    return length() == 0 && (requestEnded || (exchange.isEnded() && received == 0 && isDrained()));
  }

  /// A request without content has ended before anybody looked.
  private boolean isDrained() {
    piece = exchange.nextPiece();
    if (piece != null) {
      received += piece.remaining();
    }
    return piece == null;
  }

  @Override
  public long remaining() {
    return isEnded() ? 0 : -1;
  }

  @Override
  public @Nullable Fields trailers() {
    return exchange.receivedTrailers();
  }

  @Override
  public long contentBytes() {
    return received;
  }

  @Override
  public boolean isRequestEnded() {
    return isEnded();
  }

  // --- the response ---

  @Override
  public void sendResponse(ResponseHeader response, boolean endOfStream) throws ProxyException {
    if (started) {
      throw new IllegalStateException("the final response header section was written before");
    }
    failIfReset();
    int status = response.status();
    if (status == 101) {
      throw ProxyException.of(ErrorKind.INTERNAL_ERROR, "101 on HTTP/2 (RFC 9113 §8.6)");
    }
    response.headers().remove(CONNECTION_SPECIFIC);
    if (status >= 200) {
      started = true;
      contentless = status == 204 || status == 304 || request.method().equals("HEAD");
      responseEnded = endOfStream;
      if (!response.headers().contains(FieldName.DATE)) {
        response.set(FieldName.DATE, Http1Server.DATE.now());
      }
    }
    exchange.sendHeaders(response.copy(), endOfStream);
  }

  @Override
  public void sendContinue() throws ProxyException {
    if (!started && request.headers().contains(FieldName.EXPECT, "100-continue")) {
      sendResponse(ResponseHeader.of(100), true);
    }
  }

  @Override
  public boolean isResponseStarted() {
    return started;
  }

  @Override
  public boolean isResponseEnded() {
    return responseEnded;
  }

  @Override
  public ContentSink responseContent() {
    return this;
  }

  @Override
  public boolean hasRoom() {
    return exchange.hasRoom();
  }

  @Override
  public void wantRoom() {
    exchange.wantRoom();
  }

  @Override
  public void write(ByteBuffer content) throws ProxyException {
    failIfReset();
    if (contentless || responseEnded) {
      content.position(content.limit());
      return;
    }
    written += content.remaining();
    exchange.send(ByteBuffer.allocate(content.remaining()).put(content).flip());
  }

  @Override
  public void transfer(ContentSource source) throws ProxyException {
    write(source.piece());
    source.skip();
  }

  @Override
  public void end(@Nullable Fields trailers) throws ProxyException {
    failIfReset();
    if (!responseEnded) {
      responseEnded = true;
      exchange.end(trailers);
    }
  }

  /// Every message is under way already.
  @Override
  public void flush() {}

  @Override
  public long pending() {
    return exchange.pending();
  }

  @Override
  public long responseContentBytes() {
    return written;
  }

  // --- surroundings ---

  @Override
  public boolean canUpgrade() {
    return false;
  }

  @Override
  public void upgrade() {
    throw new IllegalStateException("HTTP/2 has no upgrade (RFC 9113 §8.6)");
  }

  @Override
  public boolean isGone() {
    return exchange.failure() != null || server.isGone();
  }

  /// A stream ends with its response anyway.
  @Override
  public void closeAfterResponse() {}

  @Override
  public Digest digest() {
    return server.digest();
  }

  @Override
  public SessionLimits limits() {
    return limits;
  }

  @Override
  public void limits(SessionLimits other) {
    limits = other;
  }

  @Override
  public void abort(ProxyException why) {
    exchange.resetStream(
        started || why.source() != dev.pingora.error.ErrorSource.INTERNAL
            ? ErrorCode.CANCEL
            : ErrorCode.INTERNAL_ERROR);
  }

  /// The app has returned: the stream's state is the connection's alone from here on.
  void finish() {
    if (!responseEnded) {
      exchange.resetStream(ErrorCode.INTERNAL_ERROR);
    }
    exchange.release();
  }
}
