// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A user's code that fails where failures are handled: the client is told, and the request ends
/// like any other.
final class ThrowingRolesTest {
  private static final class Throwing extends ToPeer implements ProxyFailures<ToPeer.Ctx> {
    Throwing(int port) {
      super(port);
    }

    @Override
    public ProxyException failToConnect(
        Session session, HttpPeer peer, Ctx context, ProxyException error) {
      throw new IllegalStateException("failToConnect");
    }

    @Override
    public ProxyException errorWhileProxy(
        HttpPeer peer, Session session, ProxyException error, Ctx context, boolean reused) {
      throw new IllegalStateException("errorWhileProxy");
    }

    @Override
    public boolean suppressErrorLog(Session session, Ctx context, ProxyException error) {
      throw new IllegalStateException("suppressErrorLog");
    }
  }

  @ParameterizedTest
  @EnumSource
  void answers500WhenFailToConnectThrows(ProxyRig.Flavour flavour) throws Exception {
    Throwing proxy = new Throwing(1);
    try (ProxyRig rig = ProxyRig.start(flavour, proxy);
        Wire client = rig.connect()) {
      client.send(RawHttp.get("/"));
      assertThat(client.readResponse().status()).isEqualTo(500);
      assertThat(proxy.logged.await(1)).containsExactly("500 Internal InternalError");
    }
  }

  @ParameterizedTest
  @EnumSource
  void answers500WhenErrorWhileProxyThrows(ProxyRig.Flavour flavour) throws Exception {
    try (ScriptedServer origin = ScriptedServer.each(Wire::readHead)) {
      Throwing proxy = new Throwing(origin.port());
      try (ProxyRig rig = ProxyRig.start(flavour, proxy)) {
        assertThat(rig.status(RawHttp.get("/"))).isEqualTo(500);
        assertThat(proxy.logged.await(1)).containsExactly("500 Internal InternalError");
      }
    }
  }
}
