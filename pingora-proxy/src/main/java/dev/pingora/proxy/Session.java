// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.protocols.ContentRoom;
import dev.pingora.core.protocols.Digest;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.protocols.ErrorResponse;
import dev.pingora.core.protocols.SessionLimits;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.runtime.RequestThread;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One request, as the phases see it: the request, the way to answer it, the connection it came on.
///
/// Confined to the request's thread, and valid until `logging` has returned.
public final class Session {
  private final DownstreamSession downstream;
  private @Nullable RequestBody requestBody;
  private @Nullable Attributes attributes;
  private @Nullable Digest upstreamDigest;
  private boolean over;
  private int status;
  private int attempts;
  private long deadline = RequestThread.NEVER;

  Session(DownstreamSession downstream) {
    this.downstream = downstream;
  }

  // --- the request ---

  /// {@return the request as received} Changes to it are seen by later phases and go upstream.
  public RequestHeader request() {
    return downstream.request();
  }

  /// {@return the request's content, for phases that read it themselves}
  public RequestBody requestBody() {
    RequestBody body = requestBody;
    if (body == null) {
      body = new RequestBody(this);
      requestBody = body;
    }
    return body;
  }

  // --- the answer ---

  /// {@return the way to answer piece by piece}
  public Response response() {
    return new Response(this);
  }

  /// Answers with a bare status.
  public void respond(int status) throws ProxyException {
    response().header(ErrorResponse.of(status), true);
  }

  /// Answers with a status and text (UTF-8).
  public void respond(int status, String contentType, String content) throws ProxyException {
    respond(status, contentType, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Answers with a status and content.
  public void respond(int status, String contentType, byte[] content) throws ProxyException {
    ResponseHeader header =
        ResponseHeader.of(status).set("Content-Type", contentType).contentLength(content.length);
    response().header(header, content.length == 0);
    if (content.length > 0) {
      response().write(ByteBuffer.wrap(content));
    }
    response().end();
  }

  /// Answers a failure with the status that fits, unless an answer has begun or nobody is there.
  ///
  /// @return the status, 0 for none
  public int respondError(ProxyException error) throws ProxyException {
    int fitting = ErrorStatus.of(error);
    if (fitting == ErrorStatus.NONE || isResponseStarted()) {
      return 0;
    }
    if (error.source() == dev.pingora.error.ErrorSource.DOWNSTREAM) {
      downstream.closeAfterResponse();
    }
    respond(fitting);
    return fitting;
  }

  /// The exchange is over: whoever still has this session must not write into the next one's
  /// answer.
  void end() {
    over = true;
  }

  void failIfOver() {
    if (over) {
      throw new IllegalStateException("the request is over: its session must not be kept");
    }
  }

  /// {@return whether the final header section was written}
  public boolean isResponseStarted() {
    return downstream.isResponseStarted();
  }

  /// {@return the status sent to the client, 0 while none was}
  public int status() {
    return status;
  }

  /// Ends the client's connection after this response.
  public void closeAfterResponse() {
    downstream.closeAfterResponse();
  }

  // --- surroundings ---

  /// {@return facts about the client's connection}
  public Digest connection() {
    return downstream.digest();
  }

  /// {@return the client's address}
  public SocketAddress clientAddress() {
    return downstream.digest().peerAddress();
  }

  /// {@return the address the client connected to}
  public SocketAddress serverAddress() {
    return downstream.digest().localAddress();
  }

  /// {@return facts about the connection of the present or last attempt; null before one}
  public @Nullable Digest upstreamConnection() {
    return upstreamDigest;
  }

  /// {@return attempts made so far}
  public int attempts() {
    return attempts;
  }

  /// {@return the waits and bounds of this request; at first those of its listener}
  public SessionLimits limits() {
    return downstream.limits();
  }

  /// Changes waits and bounds for this request.
  public void limits(SessionLimits limits) {
    downstream.limits(limits);
  }

  /// Bounds the whole request from now on: above it the client gets 504, or a broken response.
  ///
  /// @param whole zero = no bound
  public void deadline(Duration whole) {
    deadline = downstream.thread().loop().deadlineIn(whole.toNanos());
  }

  /// {@return objects attached to this request by typed key}
  public Attributes attributes() {
    Attributes own = attributes;
    if (own == null) {
      own = new Attributes();
      attributes = own;
    }
    return own;
  }

  /// Runs work that would block the loop (files, name services, native code, long computation) on
  /// another thread, and waits for it. The work must not touch the session.
  public <T> T offload(Callable<T> work) throws Exception {
    return downstream.thread().offload(requireNonNull(work, "work"));
  }

  /// {@return octets of request content read so far}
  public long requestContentBytes() {
    return downstream.requestContent().contentBytes();
  }

  /// {@return octets of response content written so far}
  public long responseContentBytes() {
    return downstream.responseContentBytes();
  }

  @Override
  public String toString() {
    return request().method() + " " + request().path() + ", Host: " + request().host();
  }

  // --- for the engine ---

  DownstreamSession downstream() {
    return downstream;
  }

  /// Sends a header section to the client, and remembers a final one's status.
  void send(ResponseHeader header, boolean endOfStream) throws ProxyException {
    failIfOver();
    downstream.sendResponse(header, endOfStream);
    if (header.status() >= 200 || header.status() == 101) {
      status = header.status();
    }
  }

  /// {@return when the whole request must be over, on the loop's clock}
  long deadline() {
    return deadline;
  }

  void attempt() {
    attempts++;
  }

  void upstreamDigest(Digest digest) {
    upstreamDigest = digest;
  }

  /// Waits until the client's connection takes more.
  void awaitRoom() throws ProxyException {
    ContentRoom.await(
        downstream.thread(),
        downstream.responseContent(),
        downstream.limits().writeNanos(),
        () ->
            ProxyException.downstream(ErrorKind.WRITE_TIMEOUT, "the client takes no more octets"));
  }
}
