// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.apps;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.protocols.ContentRoom;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.protocols.ErrorResponse;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The answer to an [HttpRequest]: at once by [#respond], or piece by piece by [#header], [#write]
/// and [#end]. Confined to its request thread.
public final class HttpResponse {
  /// Larger pieces are written in parts of this size, each when there is room.
  private static final int PART = 32 * 1024;

  private final DownstreamSession session;
  private int status;

  public HttpResponse(DownstreamSession session) {
    this.session = requireNonNull(session, "session");
  }

  /// Answers with a bare status.
  public void respond(int code) throws ProxyException {
    header(ErrorResponse.of(code), true);
  }

  /// Answers with a status and text (UTF-8).
  public void respond(int code, String contentType, String content) throws ProxyException {
    respond(code, contentType, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Answers with a status and content.
  public void respond(int code, String contentType, byte[] content) throws ProxyException {
    ResponseHeader header =
        ResponseHeader.of(code).set("Content-Type", contentType).contentLength(content.length);
    header(header, content.length == 0);
    write(ByteBuffer.wrap(content));
    end();
  }

  /// Writes a header section: any number of interim ones (1xx), then the final one. Without
  /// Content-Length the content is framed as the protocol can.
  public void header(ResponseHeader header) throws ProxyException {
    header(header, false);
  }

  private void header(ResponseHeader header, boolean endOfStream) throws ProxyException {
    awaitRoom();
    session.sendResponse(header, endOfStream);
    status = header.status();
  }

  /// Writes all of `content`, waiting for room as needed. Dropped where a response has no content
  /// by definition (HEAD, 204, 304).
  ///
  /// @throws ProxyException WRITE_TIMEOUT, or WRITE_ERROR when the client has gone
  public void write(ByteBuffer content) throws ProxyException {
    if (!session.isResponseStarted()) {
      throw new IllegalStateException("content before the header section");
    }
    if (session.isResponseEnded() || isContentless()) {
      content.position(content.limit());
      return;
    }
    while (content.hasRemaining()) {
      awaitRoom();
      int n = Math.min(PART, content.remaining());
      session.responseContent().write(content.slice(content.position(), n));
      content.position(content.position() + n);
    }
  }

  /// RFC 9110 §9.3.2, §15.3.5, §15.4.5.
  private boolean isContentless() {
    return status == 204 || status == 304 || session.request().method().equals("HEAD");
  }

  /// Sends what was written so far.
  public void flush() {
    session.responseContent().flush();
  }

  /// Ends the response; once more has no effect.
  public void end() throws ProxyException {
    end(null);
  }

  /// Ends the response with a trailer section, which is left out where the protocol has no place
  /// for it.
  public void end(@Nullable Fields trailers) throws ProxyException {
    if (!session.isResponseEnded()) {
      awaitRoom();
      session.responseContent().end(trailers);
    }
  }

  /// {@return whether the final header section was written}
  public boolean started() {
    return session.isResponseStarted();
  }

  private void awaitRoom() throws ProxyException {
    ContentRoom.await(
        session.thread(),
        session.responseContent(),
        session.limits().writeNanos(),
        () ->
            ProxyException.downstream(ErrorKind.WRITE_TIMEOUT, "the client takes no more octets"));
  }
}
