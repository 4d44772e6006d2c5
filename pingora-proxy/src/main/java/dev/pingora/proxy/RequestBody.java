// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.ContentSource;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.protocols.Progress;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.runtime.RequestThread;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The request's content, for a phase that reads it itself instead of letting it pass through. What
/// is read here is consumed: it does not go upstream.
public final class RequestBody {
  private final Session session;
  private final DownstreamSession downstream;
  private boolean asked;

  RequestBody(Session session) {
    this.session = session;
    this.downstream = session.downstream();
  }

  /// Reads what has come, at least one octet, waiting for it. The first read answers `Expect:
  /// 100-continue`.
  ///
  /// @param into gets the octets at its position
  /// @return octets read, -1 at the end of the content
  /// @throws ProxyException READ_TIMEOUT (408), `status(413)` over the limit, or what is wrong with
  ///   the message
  public int read(ByteBuffer into) throws ProxyException {
    ContentSource source = downstream.requestContent();
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
  /// @throws ProxyException `status(413)` when there is more
  public byte[] all(int limit) throws ProxyException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ContentSource source = downstream.requestContent();
    while (await(source)) {
      if (all.size() + source.length() > limit) {
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

  /// {@return the trailer section, null when there was none} After the end.
  public @Nullable Fields trailers() {
    return downstream.requestContent().trailers();
  }

  private boolean await(ContentSource source) throws ProxyException {
    session.failIfOver();
    Progress progress = source.poll();
    if (progress == Progress.PENDING && !asked) {
      asked = true;
      downstream.sendContinue();
      downstream.responseContent().flush();
    }
    RequestThread thread = downstream.thread();
    while (progress == Progress.PENDING) {
      boolean inTime = thread.await(thread.loop().deadlineIn(downstream.limits().contentNanos()));
      progress = source.poll();
      if (progress == Progress.PENDING && !inTime) {
        throw ProxyException.downstream(ErrorKind.READ_TIMEOUT, "the request content is too slow");
      }
    }
    return progress == Progress.READY;
  }
}
