// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import dev.pingora.http.FieldName;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.Method;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.ContentReader;
import dev.pingora.http1.HeadReader;
import dev.pingora.http1.Http1Limits;
import dev.pingora.http1.MessageFraming;
import dev.pingora.http1.Persistence;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import org.jspecify.annotations.Nullable;

/// An HTTP/1 connection to an upstream, and the exchange that it serves now. Between two exchanges
/// it is in a pool; [#begin] starts the next. Confined to the request thread of the exchange.
public final class Http1Upstream implements UpstreamSession {
  private final Connection connection;
  private final Release release;
  private final Digest digest;
  private final HeadReader heads;

  private String method = "";
  private boolean reused;
  private boolean lenient;
  private boolean requestCloses;
  private final Http1Sink requestContent;
  private final Http1Source responseContent;
  private boolean requestSent;
  private boolean responseCame;
  private @Nullable Persistence persistence;
  private boolean tunnel;
  private boolean done;

  /// What the socket had taken before this exchange.
  private long sentBefore;

  /// Where connections go that can serve another request.
  @FunctionalInterface
  public interface Release {
    /// Takes the connection over.
    void release(Http1Upstream upstream);
  }

  public Http1Upstream(Digest digest, Http1Limits limits, Release release) {
    this.connection = digest.connection();
    this.release = release;
    this.digest = digest;
    this.heads = HeadReader.forResponses(limits);
    this.requestContent = new Http1Sink(connection);
    this.responseContent =
        new Http1Source(connection, ContentReader.ofResponse(MessageFraming.None.INSTANCE, limits));
  }

  /// Starts the next exchange.
  ///
  /// @param again whether the connection has served one before
  /// @param allowInvalidLength take a response with an invalid Content-Length for one that ends
  ///   with the connection
  public void begin(RequestThread thread, boolean again, boolean allowInvalidLength) {
    connection.attach(thread);
    reused = again;
    lenient = allowInvalidLength;
    requestSent = false;
    responseCame = false;
    persistence = null;
    done = false;
    sentBefore = connection.bytesSent();
  }

  public Connection connection() {
    return connection;
  }

  @Override
  public void sendRequest(RequestHeader request, boolean endOfStream) throws ProxyException {
    method = request.method();
    failIfGone();
    MessageFraming framing = frame(request, endOfStream);
    requestCloses = Persistence.ofRequest(request) == Persistence.CLOSE;
    Http1Heads.write(request, connection);
    requestContent.restart(framing);
    requestSent = true;
    if (endOfStream) {
      requestContent.end(null);
    }
  }

  /// The one place where a request's framing to an upstream is decided: a length that is known is
  /// kept, content of unknown length is chunked (RFC 9112 §6.1, §6.3).
  private static MessageFraming frame(RequestHeader request, boolean endOfStream)
      throws ProxyException {
    boolean chunked = request.headers().contains(FieldName.TRANSFER_ENCODING);
    boolean counted = request.headers().contains(FieldName.CONTENT_LENGTH);
    if (!endOfStream && !chunked && !counted) {
      request.set(FieldName.TRANSFER_ENCODING, "chunked");
      return MessageFraming.Chunked.INSTANCE;
    }
    if (request.version() != HttpVersion.HTTP_1_1) {
      request.version(HttpVersion.HTTP_1_1);
    }
    return MessageFraming.ofRequest(request);
  }

  @Override
  public ContentSink requestContent() {
    if (!requestSent) {
      throw new IllegalStateException("the request was not sent");
    }
    return requestContent;
  }

  @Override
  public @Nullable ResponseHeader pollResponse() throws ProxyException {
    byte[] head = heads.read(connection.input());
    while (head == null) {
      hold(heads.keptBytes());
      if (!connection.poll()) {
        return null;
      }
      if (connection.isInputOver()) {
        failBeforeResponse();
      }
      head = heads.read(connection.input());
    }
    hold(head.length);
    ResponseHeader response = heads.parseResponse(head);
    boolean interim = response.status() < 200 && response.status() != 101;
    if (!interim) {
      MessageFraming framing = frame(response);
      persistence = Persistence.ofResponse(response, framing);
      responseContent.restart(framing, 0);
      responseCame = true;
    }
    return response;
  }

  private void hold(int bytes) throws ProxyException {
    if (!connection.hold(bytes)) {
      throw ProxyException.internal(
          ErrorKind.status(503), "no memory for a header section of %s octets or more", bytes);
    }
  }

  /// The upstream may have closed the connection since it was opened or taken from the pool, or
  /// have spoken first: nothing of this request was sent then.
  ///
  /// RFC 9112 §9.2: what comes while no request is outstanding is never the response to a later
  /// one.
  private void failIfGone() throws ProxyException {
    try {
      connection.failIfWriteFailed();
      if (connection.isHungUp()) {
        throw closedBefore();
      }
      if (connection.isInputWaiting()) {
        if (connection.poll() && connection.isInputOver()) {
          connection.failIfReadFailed();
          throw closedBefore();
        }
        throw ProxyException.upstream(
            ErrorKind.INVALID_HTTP_HEADER, "the peer spoke before the request was sent");
      }
    } catch (ProxyException e) {
      throw e.withRetry(retry());
    }
  }

  private ProxyException closedBefore() {
    return ProxyException.upstream(
        ErrorKind.CONNECTION_CLOSED,
        reused
            ? "the idle connection was closed by the peer"
            : "the peer closed the connection before the request was sent");
  }

  /// The upstream may have closed an idle connection while the request was on its way: then, and
  /// only then, the request may go to another connection (RFC 9112 §9.3.1).
  private void failBeforeResponse() throws ProxyException {
    try {
      connection.failIfReadFailed();
      heads.endOfInput();
    } catch (ProxyException e) {
      throw heads.started() ? e : e.withRetry(retry());
    }
  }

  /// RFC 9110 §9.2.2: a proxy never repeats a request of a non-idempotent method on its own, unless
  /// none of it was sent: the peer may have acted on it.
  private Retry retry() {
    boolean repeatable = Method.isIdempotent(method) || connection.bytesSent() == sentBefore;
    return repeatable ? Retry.IF_REUSED : Retry.NEVER;
  }

  /// RFC 9112 §6.3: a response with an invalid Content-Length is refused, unless the peer is known
  /// to send such ones; then it ends with the connection, which is never used again.
  private MessageFraming frame(ResponseHeader response) throws ProxyException {
    try {
      return MessageFraming.ofResponse(response, method);
    } catch (ProxyException e) {
      if (!lenient
          || response.headers().contains(FieldName.TRANSFER_ENCODING)
          || !response.headers().contains(FieldName.CONTENT_LENGTH)) {
        throw e;
      }
      response.remove(FieldName.CONTENT_LENGTH);
      return MessageFraming.ofResponse(response, method);
    }
  }

  @Override
  public boolean isStarved() {
    return connection.isStarved();
  }

  @Override
  public ContentSource responseContent() {
    if (!responseCame) {
      throw new IllegalStateException("the response has not come");
    }
    return responseContent;
  }

  @Override
  public void upgrade() {
    tunnel = true;
    requestContent.restart(MessageFraming.Tunnel.INSTANCE);
    responseContent.restart(MessageFraming.Tunnel.INSTANCE, 0);
  }

  @Override
  public boolean isReused() {
    return reused;
  }

  @Override
  public Digest digest() {
    return digest;
  }

  @Override
  public void finish() {
    if (done) {
      return;
    }
    done = true;
    connection.hold(0);
    if (isReusable()) {
      connection.flush();
      release.release(this);
    } else {
      connection.close();
    }
  }

  private boolean isReusable() {
    return !tunnel
        && !requestCloses
        && requestSent
        && requestContent.isEnded()
        && responseCame
        && responseContent.isEnded()
        && persistence == Persistence.KEEP_ALIVE
        && !connection.isHungUp()
        && !connection.input().hasRemaining();
  }

  @Override
  public void abort() {
    if (!done) {
      done = true;
      connection.hold(0);
      connection.reset();
    }
  }
}
