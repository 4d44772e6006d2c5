// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.Verify;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// Records that bring nothing.
final class TlsLayerTest {
  private static final int CAPACITY = 64 << 10;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment wire = arena.allocate(CAPACITY);
  private final MemorySegment content = arena.allocate(CAPACITY);

  private final TlsSession client;
  private final TlsSession server;

  TlsLayerTest() throws Exception {
    TlsProvider jsse = TlsProviders.installed().find("jsse");
    server = jsse.server(ServerTls.of(TestCertificates.server())).session(ServerId.NONE);
    client =
        jsse.client(ClientTls.standard().withVerify(Verify.CHAIN, TestCertificates.roots()))
            .session(new ServerId(TestCertificates.NAME, "x"));
    boolean complete = false;
    while (!complete) {
      boolean asked = client.handshake();
      carry(client, server);
      boolean served = server.handshake();
      carry(server, client);
      complete = asked && served;
    }
  }

  private void carry(TlsSession from, TlsSession to) throws TlsException {
    int n = from.drain(wire, 0, CAPACITY);
    if (n > 0) {
      to.feed(wire, 0, n);
    }
  }

  private int feed(TlsLayer layer) throws IOException {
    int n = client.drain(wire, 0, CAPACITY);
    assertThat(layer.feed(wire, 0, n)).isEqualTo(n);
    return layer.read(content, 0, CAPACITY);
  }

  @Test
  void keyUpdatesWithoutEndAreRefused() throws Exception {
    TlsLayer layer = new TlsLayer(server);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                client.keyUpdate(false);
                assertThat(feed(layer)).isZero();
              }
            })
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("octets of records without content");
    layer.close();
    client.close();
  }

  @Test
  void keyUpdatesBetweenContentAreFine() throws Exception {
    TlsLayer layer = new TlsLayer(server);
    for (int i = 0; i < 2_000; i++) {
      client.keyUpdate(false);
      assertThat(client.write(content, 0, 1)).isEqualTo(1);
      assertThat(feed(layer)).isEqualTo(1);
    }
    layer.close();
    client.close();
  }
}
