// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pingora.core.connectors.LoopRig.Flavour;
import dev.pingora.core.protocols.ContentSource;
import dev.pingora.core.protocols.Progress;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.core.server.ResolverConf;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.runtime.RequestThread;
import dev.pingora.testkit.FakeResolver;
import dev.pingora.tls.TlsProviders;
import java.util.List;

/// A connector on loops of its own, and the simplest exchange over what it connects.
final class ConnectorRig implements AutoCloseable {
  final LoopRig loops;
  final UpstreamPools pools;
  final HttpConnector connector;

  private ConnectorRig(LoopRig loops, ConnectorOptions options, int maxIdle) {
    this.loops = loops;
    this.pools = new UpstreamPools(loops.group, maxIdle);
    this.connector = new HttpConnector(pools, options, TlsProviders.of(List.of()));
  }

  static ConnectorRig start(Flavour flavour) {
    return start(flavour, new FakeResolver());
  }

  static ConnectorRig start(Flavour flavour, FakeResolver names) {
    return start(flavour, 1, options(names), 128);
  }

  static ConnectorRig start(Flavour flavour, int loops, ConnectorOptions options, int maxIdle) {
    return new ConnectorRig(LoopRig.start(flavour, loops), options, maxIdle);
  }

  static ConnectorOptions options(FakeResolver names) {
    return ConnectorOptions.of(Resolver.blocking(names::resolve, ResolverConf.defaults()));
  }

  /// {@return status and content of a GET, such as `200 hello`}
  String get(HttpPeer peer) throws Exception {
    return loops.call(thread -> get(thread, peer));
  }

  String get(RequestThread thread, HttpPeer peer) throws ProxyException {
    UpstreamSession session = connector.connect(thread, peer);
    boolean whole = false;
    try {
      String answer = get(thread, session);
      session.finish();
      whole = true;
      return answer;
    } finally {
      if (!whole) {
        session.abort();
      }
    }
  }

  static String get(RequestThread thread, UpstreamSession session) throws ProxyException {
    RequestHeader request = RequestHeader.of("GET", "/");
    request.set("Host", "app.test");
    session.sendRequest(request, true);
    session.requestContent().flush();
    ResponseHeader response = session.pollResponse();
    while (response == null) {
      thread.await(RequestThread.NEVER);
      response = session.pollResponse();
    }
    return response.status() + " " + content(thread, session.responseContent());
  }

  private static String content(RequestThread thread, ContentSource source) throws ProxyException {
    StringBuilder content = new StringBuilder();
    while (true) {
      Progress progress = source.poll();
      switch (progress) {
        case READY -> {
          content.append(ISO_8859_1.decode(source.piece().slice()));
          source.skip();
        }
        case PENDING -> thread.await(RequestThread.NEVER);
        case ENDED -> {
          return content.toString();
        }
      }
    }
  }

  @Override
  public void close() {
    loops.close();
  }
}
