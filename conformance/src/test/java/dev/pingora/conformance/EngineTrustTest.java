// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.TlsProvider;
import java.security.KeyManagementException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whom engines believe, and what they refuse to be configured with.
final class EngineTrustTest {
  private static final String PROVIDERS = "dev.pingora.conformance.EngineContexts#named";

  private static EngineEnd server(TlsProvider provider, CertKey key) throws Exception {
    SSLEngine engine =
        EngineContexts.context(provider, EngineContexts.keys(key), EngineContexts.trust())
            .createSSLEngine();
    engine.setUseClientMode(false);
    return new EngineEnd(engine);
  }

  private static EngineEnd client(SSLContext context, String host, String... names) {
    SSLEngine engine = context.createSSLEngine(host, 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (names.length > 0) {
      parameters.setServerNames(List.of(new SNIHostName(names[0])));
    }
    engine.setSSLParameters(parameters);
    return new EngineEnd(engine);
  }

  private static SSLContext context(TlsProvider provider) throws Exception {
    return EngineContexts.context(provider, null, EngineContexts.trust());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void believesTheNameInTheCertificate(TlsProvider provider) throws Exception {
    EngineEnd client = client(context(provider), TestCertificates.NAME);
    EngineEnd server = server(provider, TestCertificates.server());
    EngineEnd.shakeHands(client, server);
    assertThat(client.engine.getSession().getPeerCertificates()[0])
        .isEqualTo(TestCertificates.server().leaf());
    assertThat(client.engine.getSession().getPeerHost()).isEqualTo(TestCertificates.NAME);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void refusesAnotherName(TlsProvider provider) throws Exception {
    EngineEnd client = client(context(provider), TestCertificates.NAME);
    EngineEnd server = server(provider, TestCertificates.wrongName());
    assertThatThrownBy(() -> EngineEnd.shakeHands(client, server)).isInstanceOf(SSLException.class);
    assertThat(client.engine.isInboundDone()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void acceptsTheHostBesideTheNameAskedFor(TlsProvider provider) throws Exception {
    EngineEnd client = client(context(provider), TestCertificates.NAME, "front.example");
    EngineEnd server = server(provider, TestCertificates.server());
    EngineEnd.shakeHands(client, server);
    assertThat(client.engine.getSession().isValid()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void refusesAnUnknownAuthority(TlsProvider provider) throws Exception {
    EngineEnd client = client(context(provider), TestCertificates.NAME);
    EngineEnd server = server(provider, TestCertificates.otherAuthority());
    assertThatThrownBy(() -> EngineEnd.shakeHands(client, server)).isInstanceOf(SSLException.class);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void asksTheTrustManagerToo(TlsProvider provider) throws Exception {
    Picky picky = new Picky(new X509Certificate[] {TestCertificates.root()});
    SSLContext context = EngineContexts.context(provider, null, new TrustManager[] {picky});
    EngineEnd client = client(context, TestCertificates.NAME);
    EngineEnd server = server(provider, TestCertificates.server());
    assertThatThrownBy(() -> EngineEnd.shakeHands(client, server))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("not this one");
    assertThat(picky.asked).hasValue(1);
    assertThat(client.engine.isOutboundDone()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void refusesTrustInEverybody(TlsProvider provider) {
    TrustManager[] everybody = {new Picky(new X509Certificate[0])};
    assertThatThrownBy(() -> EngineContexts.context(provider, null, everybody))
        .isInstanceOf(KeyManagementException.class)
        .hasMessageContaining("accepts no issuers");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void refusesSeveralKeys(TlsProvider provider) {
    assertThatThrownBy(() ->
            EngineContexts.context(
                provider,
                EngineContexts.keys(TestCertificates.server(), TestCertificates.wrongName()),
                null))
        .isInstanceOf(KeyManagementException.class)
        .hasMessageContaining("2 keys");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void refusesAServerWithoutKey(TlsProvider provider) throws Exception {
    SSLEngine engine = context(provider).createSSLEngine();
    engine.setUseClientMode(false);
    assertThatThrownBy(engine::beginHandshake)
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("without a key");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(PROVIDERS)
  void refusesParametersItCannotHonour(TlsProvider provider) throws Exception {
    SSLEngine engine = context(provider).createSSLEngine();
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("LDAPS");
    assertThatThrownBy(() -> engine.setSSLParameters(parameters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("LDAPS");
    SSLParameters schemes = engine.getSSLParameters();
    schemes.setSignatureSchemes(new String[] {"ed25519"});
    assertThatThrownBy(() -> engine.setSSLParameters(schemes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("signature schemes");
    assertThatThrownBy(() -> context(provider).getSocketFactory())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  /// Trusts nobody in the end.
  private static final class Picky implements X509TrustManager {
    private final X509Certificate[] issuers;
    private final AtomicInteger asked = new AtomicInteger();

    Picky(X509Certificate[] issuers) {
      this.issuers = issuers;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("no clients");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      asked.incrementAndGet();
      throw new CertificateException("not this one");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return issuers.clone();
    }
  }
}
