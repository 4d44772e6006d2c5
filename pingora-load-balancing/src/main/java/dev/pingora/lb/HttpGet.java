// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.connectors.HttpConnector;
import dev.pingora.core.protocols.ContentSource;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.runtime.RequestThread;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/// One request without content, and its whole answer. Bounded by its caller's timeout, which
/// cancels the thread.
final class HttpGet {
  private HttpGet() {}

  /// The answer.
  record Answer(ResponseHeader header, byte[] content) {}

  /// {@return the answer of a peer}
  ///
  /// @param maxContent more octets of content are refused
  static Answer send(
      RequestThread thread,
      HttpConnector connector,
      HttpPeer peer,
      RequestHeader request,
      int maxContent)
      throws ProxyException {
    UpstreamSession session = connector.connect(thread, peer);
    boolean whole = false;
    try {
      session.sendRequest(request.copy(), true);
      session.requestContent().flush();
      Answer answer = answer(thread, session, maxContent);
      session.finish();
      whole = true;
      return answer;
    } finally {
      if (!whole) {
        session.abort();
      }
    }
  }

  private static Answer answer(RequestThread thread, UpstreamSession session, int maxContent)
      throws ProxyException {
    ResponseHeader header = session.pollResponse();
    while (header == null || header.status() < 200) {
      if (header == null) {
        thread.await(RequestThread.NEVER);
      } else if (header.status() == 101) {
        throw ProxyException.upstream(ErrorKind.INVALID_HTTP_HEADER, "101 to no upgrade");
      }
      header = session.pollResponse();
    }
    return new Answer(header, content(thread, session.responseContent(), maxContent));
  }

  private static byte[] content(RequestThread thread, ContentSource source, int max)
      throws ProxyException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    while (true) {
      switch (source.poll()) {
        case READY -> {
          ByteBuffer piece = source.piece();
          if (content.size() + piece.remaining() > max) {
            throw ProxyException.upstream(
                ErrorKind.OVER_LIMIT, "more than %s octets of content", max);
          }
          byte[] octets = new byte[piece.remaining()];
          piece.get(piece.position(), octets);
          content.writeBytes(octets);
          source.skip();
        }
        case PENDING -> thread.await(RequestThread.NEVER);
        case ENDED -> {
          return content.toByteArray();
        }
      }
    }
  }
}
