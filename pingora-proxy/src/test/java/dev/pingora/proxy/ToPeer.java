// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.Events;
import org.jspecify.annotations.Nullable;

/// The plainest proxy: everything goes to one peer; remembers how requests ended.
class ToPeer implements ProxyHttp<ToPeer.Ctx> {
  final Events<String> logged = new Events<>();
  private final HttpPeer peer;

  ToPeer(int port) {
    this(HttpPeer.http("127.0.0.1:" + port));
  }

  ToPeer(int port, PeerOptions options) {
    this(HttpPeer.http("127.0.0.1:" + port).withOptions(options));
  }

  ToPeer(HttpPeer peer) {
    this.peer = peer;
  }

  static final class Ctx {}

  @Override
  public Ctx newContext() {
    return new Ctx();
  }

  @Override
  public HttpPeer upstreamPeer(Session session, Ctx context) throws Exception {
    return peer;
  }

  @Override
  public void logging(Session session, @Nullable ProxyException error, Ctx context) {
    logged.add(
        session.status() + " " + (error == null ? "-" : error.source() + " " + error.kind()));
  }
}
