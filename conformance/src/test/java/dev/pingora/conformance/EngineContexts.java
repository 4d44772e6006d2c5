// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.engine.EngineProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/// Contexts of the JDK and of each TLS provider, made as applications do.
final class EngineContexts {
  private static final char[] PASSWORD = "secret".toCharArray();

  private EngineContexts() {}

  /// {@return those that can be used here}
  static List<TlsProvider> providers() {
    return TlsProviders.installed().all().stream()
        .filter(provider -> provider.availability() instanceof Availability.Available)
        .toList();
  }

  /// {@return the same as arguments of tests, by name}
  static List<Arguments> named() {
    List<Arguments> all = new ArrayList<>();
    providers().forEach(provider -> all.add(Arguments.of(Named.of(provider.id(), provider))));
    return all;
  }

  /// {@return each provider with the JDK, both ways round, and with itself}
  static List<Arguments> pairs() {
    List<Arguments> all = new ArrayList<>();
    for (TlsProvider provider : providers()) {
      Named<Maker> own = Named.of(provider.id(), of(provider));
      Named<Maker> jdk = Named.of("the JDK", EngineContexts::jdk);
      all.add(Arguments.of(own, jdk));
      all.add(Arguments.of(jdk, own));
      all.add(Arguments.of(own, own));
    }
    return all;
  }

  /// Makes a context.
  interface Maker {
    SSLContext make(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust) throws Exception;
  }

  static Maker of(TlsProvider provider) {
    return (keys, trust) -> context(provider, keys, trust);
  }

  static SSLContext context(
      TlsProvider provider, KeyManager @Nullable [] keys, TrustManager @Nullable [] trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS", EngineProvider.of(provider));
    context.init(keys, trust, null);
    return context;
  }

  static SSLContext jdk(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS", "SunJSSE");
    context.init(keys, trust, null);
    return context;
  }

  static KeyManager[] keys(CertKey... keys) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    for (CertKey key : keys) {
      X509Certificate[] chain = key.chain().toArray(new X509Certificate[0]);
      store.setKeyEntry("key " + store.size(), key.privateKey(), PASSWORD, chain);
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
    factory.init(store, PASSWORD);
    return factory.getKeyManagers();
  }

  /// {@return trust in the root of the test certificates}
  static TrustManager[] trust() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    store.setCertificateEntry("root", TestCertificates.root());
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory.getTrustManagers();
  }
}
