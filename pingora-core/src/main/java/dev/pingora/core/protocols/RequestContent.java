// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import static java.util.Objects.requireNonNull;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.runtime.RequestThread;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The content of a request for whoever reads it by waiting. Confined to the request thread of its
/// session.
public final class RequestContent {
  private final DownstreamSession session;
  private boolean asked;

  /// Reads the content of the request that the session has now.
  public RequestContent(DownstreamSession session) {
    this.session = requireNonNull(session, "session");
  }

  /// Reads what has come, at least one octet, waiting for it. The first read that has to wait
  /// answers `Expect: 100-continue`.
  ///
  /// @param into gets the octets at its position
  /// @return octets read, -1 at the end of the content
  /// @throws ProxyException READ_TIMEOUT (408), `status(413)` over the session's limit, or what is
  ///   wrong with the message
  public int read(ByteBuffer into) throws ProxyException {
    ContentSource source = session.requestContent();
    if (!await(source)) {
      return -1;
    }
    ByteBuffer piece = source.piece();
    int n = Math.min(piece.remaining(), into.remaining());
    into.put(into.position(), piece, piece.position(), n);
    into.position(into.position() + n);
    source.skip(n);
    return n;
  }

  /// Reads all of it.
  ///
  /// @param limit most octets
  /// @throws ProxyException `status(413)` when there is more; else as [#read]
  public byte[] all(int limit) throws ProxyException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ContentSource source = session.requestContent();
    while (await(source)) {
      if (source.length() > limit - all.size()) {
        throw ProxyException.downstream(
            ErrorKind.status(413), "more than %s octets of request content", limit);
      }
      byte[] piece = new byte[source.length()];
      source.piece().get(piece);
      all.writeBytes(piece);
      source.skip();
    }
    return all.toByteArray();
  }

  /// {@return the trailer section, null when there was none} After the end of the content.
  public @Nullable Fields trailers() {
    return session.requestContent().trailers();
  }

  private boolean await(ContentSource source) throws ProxyException {
    Progress progress = source.poll();
    if (progress == Progress.PENDING && !asked) {
      asked = true;
      session.sendContinue();
      session.responseContent().flush();
    }
    RequestThread thread = session.thread();
    while (progress == Progress.PENDING) {
      boolean inTime = thread.await(thread.loop().deadlineIn(session.limits().contentNanos()));
      progress = source.poll();
      if (progress == Progress.PENDING && !inTime) {
        throw ProxyException.downstream(ErrorKind.READ_TIMEOUT, "the request content is too slow");
      }
    }
    return progress == Progress.READY;
  }
}
