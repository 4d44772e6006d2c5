// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.Verify;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// What stands behind an `SSLContext` of [EngineProvider]: makes engines, and the provider's
/// contexts for what is set on them. Thread-safe once it is initialized.
///
/// Sockets are not made: `SSLEngine` only.
final class PingoraSslContext extends SSLContextSpi {
  private static final int SERVER_SESSIONS = 0;

  private final TlsProvider provider;
  private final Scratch.Pool pool = new Scratch.Pool();
  private final ContextSessions clients = new ContextSessions(ClientTls.RESUMPTION);
  private final ContextSessions servers = new ContextSessions(SERVER_SESSIONS);
  private volatile @Nullable Identity identity;

  PingoraSslContext(TlsProvider provider) {
    this.provider = provider;
  }

  /// Keys, trust and the contexts made with them.
  private record Identity(@Nullable CertKey key, OwnTrust trust, ContextCache contexts) {}

  /// What tells the contexts of servers apart.
  private record ServerKey(TlsProfile profile, List<String> alpn, ClientAuth auth) {}

  /// What tells the contexts of clients apart.
  private record ClientKey(
      TlsProfile profile,
      List<String> alpn,
      Verify verify,
      @Nullable String alternativeName,
      int sessions) {}

  /// @param random not used: libraries have their own
  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
      throws KeyManagementException {
    identity = new Identity(OwnKey.of(keys), OwnTrust.of(trust), new ContextCache());
  }

  private Identity identity() {
    Identity known = identity;
    if (known == null) {
      throw new IllegalStateException("SSLContext is not initialized");
    }
    return known;
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return engine(new EngineSettings(null, -1));
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(@Nullable String host, int port) {
    return engine(new EngineSettings(host, port));
  }

  private SSLEngine engine(EngineSettings settings) {
    return new SessionSslEngine(new Source(identity()), pool, settings, false);
  }

  /// Sessions of one identity.
  private final class Source implements SessionSource {
    private final Identity own;
    private boolean client;

    Source(Identity own) {
      this.own = own;
    }

    @Override
    public TlsSession open(EngineSettings settings) throws TlsException {
      client = settings.isClient();
      return client ? openClient(own, settings) : openServer(own, settings);
    }

    @Override
    public void check(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      own.trust.check(chain, authType, engine, client);
    }

    @Override
    public X509Certificate[] local() {
      CertKey key = own.key;
      return key == null ? new X509Certificate[0] : key.chain().toArray(new X509Certificate[0]);
    }
  }

  private TlsSession openServer(Identity own, EngineSettings settings) throws TlsException {
    CertKey key = own.key;
    if (key == null) {
      throw configuration("a server without a key (expected: a key manager with one)");
    }
    if (settings.identifies()) {
      throw configuration("a server that checks its clients' names");
    }
    ServerKey wanted = new ServerKey(settings.profile(), settings.alpn(), settings.auth());
    TlsContext context =
        own.contexts.find(wanted, () -> provider.server(serverTls(own, key, wanted)));
    return context.session(ServerId.NONE);
  }

  private static ServerTls serverTls(Identity own, CertKey key, ServerKey wanted) {
    ServerTls config = ServerTls.of(key).withProfile(wanted.profile).withAlpn(wanted.alpn, true);
    return wanted.auth == ClientAuth.OFF
        ? config
        : config.withClientAuth(wanted.auth, own.trust.roots());
  }

  private TlsSession openClient(Identity own, EngineSettings settings) throws TlsException {
    String host = settings.host == null ? "" : settings.host;
    String asked = settings.serverName();
    String name = asked == null ? host : asked;
    if (name.isEmpty() && settings.identifies()) {
      throw configuration("no server name to look for in the certificate (expected: one for SNI)");
    }
    // As the JDK: a certificate for either name will do.
    boolean other = settings.identifies() && !host.isEmpty() && !host.equalsIgnoreCase(name);
    ClientKey wanted =
        new ClientKey(
            settings.profile(),
            settings.alpn(),
            settings.identifies() ? Verify.CHAIN_AND_NAME : Verify.CHAIN,
            other ? host : null,
            clients.getSessionCacheSize());
    TlsContext context = own.contexts.find(wanted, () -> provider.client(clientTls(own, wanted)));
    return context.session(new ServerId(name, host + ":" + settings.port));
  }

  private static ClientTls clientTls(Identity own, ClientKey wanted) {
    return ClientTls.standard()
        .withProfile(wanted.profile)
        .withAlpn(wanted.alpn)
        .withVerify(wanted.verify, own.trust.roots())
        .withAlternativeName(wanted.alternativeName)
        .withCertificate(own.key)
        .withResumption(wanted.sessions);
  }

  private TlsException configuration(String what) {
    return TlsException.of(Reason.CONFIGURATION, provider.id() + ": " + what);
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    throw noSockets();
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    throw noSockets();
  }

  private static UnsupportedOperationException noSockets() {
    return new UnsupportedOperationException("no TLS sockets (expected: SSLEngine is used)");
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return servers;
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return clients;
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return new EngineSettings(null, -1).parameters();
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return EngineSettings.supported();
  }
}
