// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.apps;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.protocols.Digest;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.protocols.RequestContent;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// A request that a [ServeHttp] answers. Confined to its request thread.
public final class HttpRequest {
  private final DownstreamSession session;
  private final RequestContent content;

  public HttpRequest(DownstreamSession session) {
    this.session = requireNonNull(session, "session");
    this.content = new RequestContent(session);
  }

  /// {@return the header section, as received}
  public RequestHeader header() {
    return session.request();
  }

  public String method() {
    return session.request().method();
  }

  /// {@return the path in normal spelling, without query}
  public String path() {
    return session.request().path();
  }

  public Fields headers() {
    return session.request().headers();
  }

  /// {@return facts about the client's connection}
  public Digest connection() {
    return session.digest();
  }

  /// Reads what has come of the content, at least one octet, waiting for it.
  ///
  /// @param into gets the octets at its position
  /// @return octets read, -1 at the end of the content
  /// @throws ProxyException READ_TIMEOUT, `status(413)` over the limit, or what is wrong with the
  ///   message
  public int read(ByteBuffer into) throws ProxyException {
    return content.read(into);
  }

  /// Reads all of the content.
  ///
  /// @param limit most octets
  /// @throws ProxyException `status(413)` when there is more
  public byte[] all(int limit) throws ProxyException {
    return content.all(limit);
  }

  /// {@return the trailer section, null when there was none} After the end of the content.
  public @Nullable Fields trailers() {
    return content.trailers();
  }

  /// Runs work that would block the loop (files, name services, native code, long computation) on
  /// another thread, and waits for it. The work must touch neither request nor response.
  public <T> T offload(Callable<T> work) throws Exception {
    return session.thread().offload(requireNonNull(work, "work"));
  }
}
