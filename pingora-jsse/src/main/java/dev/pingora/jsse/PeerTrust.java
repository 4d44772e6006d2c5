// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import dev.pingora.tls.Certificates;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TrustRoots;
import dev.pingora.tls.Verify;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// The verdict on the peer's certificate: the JDK judges the chain, [PeerNames] the name.
final class PeerTrust extends X509ExtendedTrustManager {
  private static final X509Certificate[] NOBODY = {};

  private final @Nullable X509TrustManager chains;
  private final boolean names;
  private final @Nullable String alternative;
  private final X509Certificate[] named;

  private PeerTrust(
      @Nullable X509TrustManager chains,
      boolean names,
      @Nullable String alternative,
      X509Certificate[] named) {
    this.chains = chains;
    this.names = names;
    this.alternative = alternative;
    this.named = named;
  }

  static PeerTrust ofServers(ClientTls config) throws TlsException {
    return new PeerTrust(
        config.verify() == Verify.NONE ? null : judge(config.roots()),
        config.verify() == Verify.CHAIN_AND_NAME,
        config.alternativeName(),
        NOBODY);
  }

  /// @param roots null = clients are asked for nothing
  static PeerTrust ofClients(@Nullable TrustRoots roots) throws TlsException {
    if (roots == null) {
      return new PeerTrust(null, false, null, NOBODY);
    }
    X509TrustManager chains = judge(roots);
    // Too many to list in a CertificateRequest, when they are the system's.
    boolean few = roots instanceof TrustRoots.Certificates;
    return new PeerTrust(chains, false, null, few ? chains.getAcceptedIssuers() : NOBODY);
  }

  private static X509TrustManager judge(TrustRoots roots) throws TlsException {
    List<X509Certificate> trusted =
        switch (roots) {
          case TrustRoots.Installed _ -> SystemRoots.read();
          case TrustRoots.Certificates(List<byte[]> certificates) -> parsed(certificates);
        };
    try {
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX", JSSE);
      factory.init(trusted.isEmpty() ? null : store(trusted));
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager judge) {
          return judge;
        }
      }
      throw new GeneralSecurityException("the JDK has no PKIX trust manager");
    } catch (GeneralSecurityException | IOException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, "jsse: trusted certificates: " + e.getMessage(), e);
    }
  }

  private static final String JSSE = "SunJSSE";

  private static List<X509Certificate> parsed(List<byte[]> certificates) throws TlsException {
    List<X509Certificate> all = new ArrayList<>();
    for (byte[] certificate : certificates) {
      all.add(Certificates.parse(certificate, "trusted certificate " + (all.size() + 1)));
    }
    return all;
  }

  private static KeyStore store(List<X509Certificate> certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < certificates.size(); i++) {
      store.setCertificateEntry("root" + i, certificates.get(i));
    }
    return store;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (chains != null) {
      chains.checkServerTrusted(chain, authType);
    }
    if (names) {
      PeerNames.check(chain[0], JsseContext.nameOf(engine), alternative);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (chains == null) {
      throw new CertificateException("no client certificate was asked for");
    }
    chains.checkClientTrusted(chain, authType);
  }

  /// {@return whom a CertificateRequest names}
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return named.clone();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw onlyEngines();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw onlyEngines();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw onlyEngines();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw onlyEngines();
  }

  private static CertificateException onlyEngines() {
    return new CertificateException("whose certificate it should be is not known");
  }
}
