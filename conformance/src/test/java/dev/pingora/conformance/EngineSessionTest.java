// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.Verify;
import dev.pingora.tls.engine.SessionSslEngine;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Engines over sessions that the application has made itself.
final class EngineSessionTest {
  private static final String PROVIDERS = "dev.pingora.conformance.EngineContexts#named";
  private static final String PROTOCOL = "own";
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);
  private static final byte[] NOTHING = {};

  private static TlsSession client(TlsProvider provider) throws Exception {
    return provider
        .client(
            ClientTls.standard()
                .withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots())
                .withCertificate(TestCertificates.client())
                .withAlpn(List.of(PROTOCOL)))
        .session(new ServerId(TestCertificates.NAME, "here"));
  }

  private static TlsSession server(TlsProvider provider) throws Exception {
    return provider
        .server(
            ServerTls.of(TestCertificates.server())
                .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots())
                .withAlpn(List.of(PROTOCOL), true))
        .session(ServerId.NONE);
  }

  /// {@return the same session, which counts when it is closed}
  private static TlsSession counting(TlsSession session, AtomicInteger closed) {
    InvocationHandler handler =
        (_, method, arguments) -> {
          if (method.getName().equals("close")) {
            closed.incrementAndGet();
          }
          try {
            return method.invoke(session, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (TlsSession)
        Proxy.newProxyInstance(
            TlsSession.class.getClassLoader(), new Class<?>[] {TlsSession.class}, handler);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void drivesTheSessionFromHandshakeToEnd(TlsProvider provider) throws Exception {
    AtomicInteger closed = new AtomicInteger();
    TlsSession asking = counting(client(provider), closed);
    TlsSession serving = counting(server(provider), closed);
    EngineEnd client = new EngineEnd(SessionSslEngine.of(asking, true));
    EngineEnd server = new EngineEnd(SessionSslEngine.of(serving, false));
    EngineEnd.shakeHands(client, server);
    for (EngineEnd end : List.of(client, server)) {
      assertThat(end.engine.getApplicationProtocol()).isEqualTo(PROTOCOL);
      assertThat(end.engine.getSession().getProtocol()).isEqualTo("TLSv1.3");
    }
    assertThat(server.engine.getSession().getPeerCertificates()[0])
        .isEqualTo(TestCertificates.client().leaf());
    client.unwrapAll(server.wrapAll(NOTHING)); // tickets
    assertThat(server.unwrap(client.wrap(HELLO))).isEqualTo(HELLO);
    assertThat(client.unwrap(server.wrap(HELLO))).isEqualTo(HELLO);
    client.closeOutbound();
    server.unwrap(client.wrap(NOTHING));
    server.closeOutbound();
    client.unwrap(server.wrap(NOTHING));
    for (EngineEnd end : List.of(client, server)) {
      assertThat(end.engine.isInboundDone() && end.engine.isOutboundDone()).isTrue();
    }
    assertThat(closed).as("sessions closed with their engines").hasValue(2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void leavesConfigurationToTheContext(TlsProvider provider) throws Exception {
    SSLEngine engine = SessionSslEngine.of(server(provider), false);
    assertThat(engine.getUseClientMode()).isFalse();
    assertThatThrownBy(() -> engine.setSSLParameters(engine.getSSLParameters()))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> engine.setNeedClientAuth(true))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> engine.setEnabledProtocols(new String[] {"TLSv1.3"}))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> engine.setUseClientMode(true))
        .isInstanceOf(IllegalArgumentException.class);
    engine.closeOutbound();
    assertThat(engine.isOutboundDone()).isTrue();
  }
}
