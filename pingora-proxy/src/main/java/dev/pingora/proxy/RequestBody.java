// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.RequestContent;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The request's content, for a phase that reads it itself instead of letting it pass through. What
/// is read here is consumed: it does not go upstream.
public final class RequestBody {
  private final Session session;
  private final RequestContent content;

  RequestBody(Session session) {
    this.session = session;
    this.content = new RequestContent(session.downstream());
  }

  /// Reads what has come, at least one octet, waiting for it. The first read answers `Expect:
  /// 100-continue`.
  ///
  /// @param into gets the octets at its position
  /// @return octets read, -1 at the end of the content
  /// @throws ProxyException READ_TIMEOUT (408), `status(413)` over the limit, or what is wrong with
  ///   the message
  public int read(ByteBuffer into) throws ProxyException {
    session.failIfOver();
    return content.read(into);
  }

  /// Reads all of it.
  ///
  /// @param limit most octets
  /// @throws ProxyException `status(413)` when there is more
  public byte[] all(int limit) throws ProxyException {
    session.failIfOver();
    return content.all(limit);
  }

  /// {@return the trailer section, null when there was none} After the end.
  public @Nullable Fields trailers() {
    return content.trailers();
  }
}
