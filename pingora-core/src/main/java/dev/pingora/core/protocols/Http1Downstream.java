// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.ContentReader;
import dev.pingora.http1.Expectation;
import dev.pingora.http1.MessageFraming;
import dev.pingora.http1.Persistence;
import dev.pingora.http1.Upgrade;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import org.jspecify.annotations.Nullable;

/// The exchanges on a downstream HTTP/1 connection while a request thread serves it, one after the
/// other: [#begin] starts the next. Confined to that thread.
public final class Http1Downstream implements DownstreamSession {
  private static final RequestHeader NO_REQUEST = RequestHeader.of("GET", "/");

  private final Http1Server server;
  private final Connection connection;
  private final RequestThread thread;
  private final Http1Options options;
  private final Digest digest;
  private final Http1Source received;
  private final Http1Sink responseContent;

  private RequestHeader request = NO_REQUEST;
  private SessionLimits limits;
  private ContentSource requestContent = NoContent.INSTANCE;
  private boolean responseStarted;
  private boolean firstOnConnection;
  private boolean mustClose;
  private boolean tunnel;
  private boolean untilClose;
  private boolean aborted;
  private boolean continued;

  Http1Downstream(
      Http1Server server, Connection connection, RequestThread thread, Http1Options options) {
    this.server = server;
    this.connection = connection;
    this.thread = thread;
    this.options = options;
    this.limits = options.session();
    this.digest = server.digest();
    this.received =
        new Http1Source(
            connection, ContentReader.ofRequest(MessageFraming.None.INSTANCE, options.heads()));
    this.responseContent = new Http1Sink(connection);
  }

  /// Starts the next exchange.
  ///
  /// @throws ProxyException when the request's framing is malformed, or announces too much
  void begin(RequestHeader next, boolean first) throws ProxyException {
    next.adoptTexts(request);
    request = next;
    firstOnConnection = first;
    limits = options.session();
    responseStarted = false;
    responseContent.restart(MessageFraming.None.INSTANCE);
    continued = false;
    mustClose = Persistence.ofRequest(next) == Persistence.CLOSE;
    MessageFraming framing = MessageFraming.ofRequest(next);
    if (framing instanceof MessageFraming.ContentLength(long length)
        && limits.requestContentBytes() > 0
        && length > limits.requestContentBytes()) {
      throw ProxyException.downstream(
          ErrorKind.status(413), "%s octets of request content announced", length);
    }
    requestContent = source(framing);
  }

  private ContentSource source(MessageFraming framing) {
    if (framing instanceof MessageFraming.None) {
      return NoContent.INSTANCE;
    }
    boolean bounded = !(framing instanceof MessageFraming.Tunnel);
    received.restart(framing, bounded ? limits.requestContentBytes() : 0);
    return received;
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
    return requestContent;
  }

  @Override
  public boolean isRequestEnded() {
    return requestContent.isEnded();
  }

  @Override
  public void sendResponse(ResponseHeader response, boolean endOfStream) throws ProxyException {
    if (responseStarted) {
      throw new IllegalStateException("the final response header section was written before");
    }
    connection.failIfWriteFailed();
    if (response.status() < 200 && response.status() != 101) {
      sendInterim(response);
      return;
    }
    response.version(HttpVersion.HTTP_1_1);
    MessageFraming framing = frame(response, endOfStream);
    decidePersistence(framing);
    if (!(framing instanceof MessageFraming.Tunnel)) {
      (mustClose ? Persistence.CLOSE : Persistence.KEEP_ALIVE)
          .announceIn(response.headers(), request.version());
      if (!response.headers().contains(FieldName.DATE)) {
        response.set(FieldName.DATE, Http1Server.DATE.now());
      }
    }
    Http1Heads.write(response, connection);
    responseContent.restart(framing);
    responseStarted = true;
    if (endOfStream && !(framing instanceof MessageFraming.Tunnel)) {
      responseContent.end(null);
    }
  }

  /// RFC 9110 §15.2: a server must not send 1xx to an HTTP/1.0 client.
  private void sendInterim(ResponseHeader response) {
    if (request.version() != HttpVersion.HTTP_1_0) {
      response.version(HttpVersion.HTTP_1_1);
      Http1Heads.write(response, connection);
      connection.flush();
    }
  }

  /// The one place where a response's framing to a client is decided (RFC 9112 §6.3).
  private MessageFraming frame(ResponseHeader response, boolean endOfStream) throws ProxyException {
    int status = response.status();
    if (status == 101) {
      return MessageFraming.Tunnel.INSTANCE;
    }
    if (status == 204 || status == 304 || request.method().equals("HEAD")) {
      response.remove(FieldName.TRANSFER_ENCODING);
      if (status == 204) {
        response.remove(FieldName.CONTENT_LENGTH); // RFC 9110 §8.6
      }
      return MessageFraming.None.INSTANCE;
    }
    if (response.headers().contains(FieldName.CONTENT_LENGTH)) {
      response.remove(FieldName.TRANSFER_ENCODING);
      return MessageFraming.ofResponse(response, request.method());
    }
    if (endOfStream) {
      response.remove(FieldName.TRANSFER_ENCODING);
      response.contentLength(0);
      return MessageFraming.None.INSTANCE;
    }
    if (request.version() == HttpVersion.HTTP_1_0) {
      response.remove(FieldName.TRANSFER_ENCODING);
      untilClose = true;
      return MessageFraming.UntilClose.INSTANCE;
    }
    response.set(FieldName.TRANSFER_ENCODING, "chunked");
    return MessageFraming.Chunked.INSTANCE;
  }

  /// The connection ends after this response if the client or the server wants it so, or when more
  /// request content may come than is worth reading.
  private void decidePersistence(MessageFraming framing) {
    long unread = requestContent.isEnded() ? 0 : requestContent.remaining();
    boolean tooMuch = unread < 0 || unread > limits.drainBytes();
    if (tooMuch
        || server.isLast()
        || framing instanceof MessageFraming.UntilClose
        || framing instanceof MessageFraming.Tunnel) {
      mustClose = true;
    }
  }

  @Override
  public void sendContinue() throws ProxyException {
    if (!continued && !responseStarted && Expectation.of(request) == Expectation.CONTINUE) {
      continued = true;
      sendResponse(ResponseHeader.of(100), true);
    }
  }

  @Override
  public boolean isResponseStarted() {
    return responseStarted;
  }

  @Override
  public boolean isResponseEnded() {
    return responseStarted && responseContent.isEnded();
  }

  @Override
  public ContentSink responseContent() {
    return responseContent;
  }

  @Override
  public long responseContentBytes() {
    return responseContent.contentBytes();
  }

  @Override
  public boolean canUpgrade() {
    return Upgrade.isRequested(request);
  }

  @Override
  public void upgrade() {
    tunnel = true;
    mustClose = true;
    requestContent = source(MessageFraming.Tunnel.INSTANCE);
  }

  @Override
  public boolean isGone() {
    return connection.isHungUp() && !tunnel;
  }

  @Override
  public void closeAfterResponse() {
    mustClose = true;
  }

  @Override
  public Digest digest() {
    return digest;
  }

  @Override
  public SessionLimits limits() {
    return limits;
  }

  @Override
  public void limits(SessionLimits other) {
    limits = other;
    if (!tunnel) {
      received.limit(other.requestContentBytes());
    }
  }

  /// {@return whether this is the first request of its connection}
  public boolean isFirstOnConnection() {
    return firstOnConnection;
  }

  /// {@return what the previous request on this connection left; null when nothing}
  public @Nullable Object takeConnectionContext() {
    return server.takeConnectionContext();
  }

  /// Leaves an object for the next request on this connection.
  public void connectionContext(@Nullable Object context) {
    server.connectionContext(context);
  }

  @Override
  public void abort(ProxyException why) {
    if (aborted) {
      return;
    }
    aborted = true;
    if (untilClose) {
      server.reset(); // an orderly close would look like the end of the content
    } else {
      server.closeNow();
    }
  }

  /// Ends the exchange.
  ///
  /// @return whether the connection may serve the next request
  boolean finish() throws ProxyException {
    if (aborted) {
      return false;
    }
    if (!isResponseEnded()) {
      abort(ProxyException.internal(ErrorKind.INTERNAL_ERROR, "the response was not finished"));
      return false;
    }
    if (mustClose || !drained()) {
      server.close();
      return false;
    }
    return true;
  }

  /// Reads and drops what is left of the request's content, within the bound.
  private boolean drained() throws ProxyException {
    if (requestContent.isEnded()) {
      return true;
    }
    connection.flush();
    long deadline = connection.loop().deadlineIn(limits.drainNanos());
    long bytes = limits.drainBytes();
    while (true) {
      switch (requestContent.poll()) {
        case READY -> {
          bytes -= requestContent.length();
          requestContent.skip();
          if (bytes < 0) {
            return false;
          }
        }
        case ENDED -> {
          return true;
        }
        case PENDING -> {
          if (!thread.await(deadline)) {
            return false;
          }
        }
      }
    }
  }
}
