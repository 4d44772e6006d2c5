// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.ContentSink;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An answer of the proxy's own, piece by piece.
public final class Response {
  /// Larger pieces are written in parts of this size, each when there is room.
  private static final int PART = 32 * 1024;

  private final Session session;

  Response(Session session) {
    this.session = session;
  }

  /// Writes a header section: any number of interim ones (1xx), then the final one. Without
  /// Content-Length the content is framed as the protocol can.
  public void header(ResponseHeader header) throws ProxyException {
    header(header, false);
  }

  /// Writes a header section.
  ///
  /// @param endOfStream no content follows
  public void header(ResponseHeader header, boolean endOfStream) throws ProxyException {
    session.awaitRoom();
    session.send(header, endOfStream);
  }

  /// Writes all of `content`, waiting for room as needed. Dropped where a response has no content
  /// by definition (HEAD, 204, 304).
  ///
  /// @throws ProxyException WRITE_TIMEOUT, or WRITE_ERROR when the client has gone
  public void write(ByteBuffer content) throws ProxyException {
    session.failIfOver();
    DownstreamSession downstream = session.downstream();
    if (!downstream.isResponseStarted()) {
      throw new IllegalStateException("content before the header section");
    }
    if (downstream.isResponseEnded() || isContentless(downstream)) {
      content.position(content.limit());
      return;
    }
    ContentSink sink = downstream.responseContent();
    while (content.hasRemaining()) {
      session.awaitRoom();
      int n = Math.min(PART, content.remaining());
      sink.write(content.slice(content.position(), n));
      content.position(content.position() + n);
    }
  }

  private boolean isContentless(DownstreamSession downstream) {
    int status = session.status();
    return status == 204 || status == 304 || downstream.request().method().equals("HEAD");
  }

  /// Sends what was written so far.
  public void flush() {
    session.downstream().responseContent().flush();
  }

  /// Ends the response.
  public void end() throws ProxyException {
    end(null);
  }

  /// Ends the response with a trailer section.
  public void end(@Nullable Fields trailers) throws ProxyException {
    session.failIfOver();
    session.awaitRoom();
    session.downstream().responseContent().end(trailers);
  }

  /// {@return whether the final header section was written}
  public boolean started() {
    return session.isResponseStarted();
  }
}
