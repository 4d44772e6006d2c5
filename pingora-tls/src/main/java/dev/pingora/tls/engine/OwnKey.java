// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.TlsException;
import java.security.KeyManagementException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/// Finds the one key that key managers hold.
///
/// A session has one certificate, chosen before it begins: key managers that would choose between
/// several, or whose key never leaves its device, cannot be honoured.
final class OwnKey {
  private static final List<String> TYPES = List.of("EC", "RSA", "RSASSA-PSS", "EdDSA", "Ed25519");

  private OwnKey() {}

  /// {@return the key; null when there is none}
  ///
  /// @throws KeyManagementException when there are several, or one that cannot be used
  static @Nullable CertKey of(KeyManager @Nullable [] managers) throws KeyManagementException {
    X509KeyManager manager = first(managers);
    if (manager == null) {
      return null;
    }
    // The JDK's newer managers make up other names for the same key at each call.
    Map<X509Certificate, String> found = new HashMap<>();
    for (String alias : aliases(manager)) {
      X509Certificate[] chain = manager.getCertificateChain(alias);
      if (chain != null && chain.length > 0) {
        found.putIfAbsent(chain[0], alias);
      }
    }
    if (found.size() > 1) {
      throw new KeyManagementException(
          "the key manager holds " + found.size() + " keys (expected: one)");
    }
    return found.isEmpty() ? null : certified(manager, found.values().iterator().next());
  }

  private static @Nullable X509KeyManager first(KeyManager @Nullable [] managers)
      throws KeyManagementException {
    if (managers == null || managers.length == 0) {
      return null;
    }
    for (KeyManager manager : managers) {
      if (manager instanceof X509KeyManager known) {
        return known;
      }
    }
    throw new KeyManagementException(
        "key manager " + managers[0].getClass().getName() + " (expected: an X509KeyManager)");
  }

  private static Set<String> aliases(X509KeyManager manager) {
    Set<String> aliases = new HashSet<>();
    for (String type : TYPES) {
      String[] servers = manager.getServerAliases(type, null);
      String[] clients = manager.getClientAliases(type, null);
      aliases.addAll(servers == null ? List.of() : List.of(servers));
      aliases.addAll(clients == null ? List.of() : List.of(clients));
    }
    return aliases;
  }

  private static CertKey certified(X509KeyManager manager, String alias)
      throws KeyManagementException {
    PrivateKey key = manager.getPrivateKey(alias);
    X509Certificate[] chain = manager.getCertificateChain(alias);
    if (key == null || chain == null) {
      throw new KeyManagementException("the key manager forgot its key while it was read");
    }
    if (key.getEncoded() == null) {
      throw new KeyManagementException(
          "a private key that cannot be read, as of a hardware module (expected: PKCS #8)");
    }
    try {
      return CertKey.of(List.of(chain), key, "the key manager's certificate and key");
    } catch (TlsException e) {
      throw new KeyManagementException(e.getMessage(), e);
    }
  }
}
