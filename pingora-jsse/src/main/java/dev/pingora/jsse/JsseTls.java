// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import static dev.pingora.tls.TlsException.Reason.CONFIGURATION;

import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.NativeSettings;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// The provider `jsse`: the JDK's own TLS.
public final class JsseTls implements TlsProvider {
  static final String ID = "jsse";

  private static final String POST_QUANTUM = "X25519MLKEM768";

  private static final Set<Capability> ALWAYS =
      EnumSet.of(
          Capability.TLS_1_2,
          Capability.TLS_1_3,
          Capability.KEY_RSA,
          Capability.KEY_RSA_PSS,
          Capability.KEY_EC_P256,
          Capability.KEY_EC_P384,
          Capability.KEY_EC_P521,
          Capability.KEY_ED25519,
          Capability.GROUP_X25519,
          Capability.GROUP_P256,
          Capability.GROUP_P384,
          Capability.CHOOSE_GROUPS,
          Capability.CHOOSE_SUITES_1_2,
          Capability.CHOOSE_SUITES_1_3,
          Capability.SUITE_ORDER_1_2,
          Capability.ALPN,
          Capability.CLIENT_AUTH,
          Capability.RESUMPTION,
          Capability.CLIENT_RESUMPTION,
          Capability.EXPORTER,
          Capability.KEY_UPDATE,
          Capability.REMOTE_KEYS,
          Capability.REMOTE_KEYS_ED25519,
          Capability.ALTERNATIVE_NAME,
          Capability.DIGEST_GROUP);

  private final Buffers buffers = new Buffers();
  private final Availability availability = look();

  /// For [java.util.ServiceLoader].
  public JsseTls() {}

  private static Availability look() {
    try {
      SSLContext context = engines();
      context.init(new KeyManager[0], new TrustManager[0], null);
      Set<Capability> capabilities = EnumSet.copyOf(ALWAYS);
      if (groups(context).contains(POST_QUANTUM)) {
        capabilities.add(Capability.GROUP_X25519MLKEM768);
      }
      return new Availability.Available(
          "SunJSSE " + Runtime.version(),
          "the JDK",
          capabilities,
          "no; with a FIPS-validated JCA provider configured in the JDK, its cryptography is");
    } catch (GeneralSecurityException e) {
      return new Availability.Missing("this JDK has no SunJSSE: " + e.getMessage());
    }
  }

  private static SSLContext engines() throws GeneralSecurityException {
    return SSLContext.getInstance("TLS", "SunJSSE");
  }

  private static Set<String> groups(SSLContext context) {
    String[] names = context.getSupportedSSLParameters().getNamedGroups();
    return names == null ? Set.of() : Set.copyOf(Arrays.asList(names));
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public Availability availability() {
    return availability;
  }

  @Override
  public TlsContext server(ServerTls config) throws TlsException {
    if (config.tickets() != null) {
      throw cannot("share ticket keys", "tickets");
    }
    if (config.keyLog() != null) {
      throw cannot("tell its secrets", "keyLog");
    }
    if (config.certificate().ocsp() != null) {
      throw cannot("staple an OCSP response", "ocsp");
    }
    NativeSettings.requireNone(config.nativeSettings(), id());
    SSLContext context = context(config.certificate(), PeerTrust.ofClients(config.clientRoots()));
    Negotiation negotiation = Negotiation.of(config.profile(), groups(context));
    return JsseContext.server(config, context, negotiation, buffers);
  }

  @Override
  public TlsContext client(ClientTls config) throws TlsException {
    config.requireNoS2n(id());
    NativeSettings.requireNone(config.nativeSettings(), id());
    if (config.keyLog() != null) {
      throw cannot("tell its secrets", "keyLog");
    }
    SSLContext context = context(config.certificate(), PeerTrust.ofServers(config));
    Negotiation negotiation = Negotiation.of(config.profile(), groups(context));
    return JsseContext.client(config, context, negotiation, buffers);
  }

  private static SSLContext context(@Nullable CertKey own, PeerTrust trust) throws TlsException {
    if (own != null) {
      FixedKey.check(own);
    }
    try {
      SSLContext context = engines();
      KeyManager[] keys = own == null ? new KeyManager[0] : new KeyManager[] {new FixedKey(own)};
      context.init(keys, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw TlsException.of(CONFIGURATION, "jsse: " + e.getMessage(), e);
    }
  }

  private static TlsException cannot(String what, String key) {
    return TlsException.of(CONFIGURATION, "jsse cannot " + what + " (" + key + ")");
  }

  Buffers buffers() {
    return buffers;
  }
}
