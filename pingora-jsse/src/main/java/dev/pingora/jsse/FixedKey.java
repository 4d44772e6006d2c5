// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.RemoteSigning;
import dev.pingora.tls.TlsException;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The one certificate of a context.
///
/// The JDK's own key managers read a key store: that of "PKIX" decrypts the key at each handshake.
final class FixedKey extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";

  private final X509Certificate[] chain;
  private final PrivateKey key;
  private final String type;

  FixedKey(CertKey own) {
    chain = own.chain().toArray(new X509Certificate[0]);
    key = own.privateKey();
    type = type(own);
  }

  /// {@return what the JDK's TLS goes by}
  private static String type(CertKey own) {
    return switch (own.type()) {
      case RSA -> "RSA";
      case RSA_PSS -> "RSASSA-PSS";
      case EC_P256, EC_P384, EC_P521 -> "EC";
      case ED25519 -> "EdDSA";
    };
  }

  /// Sees whether the JDK's TLS can sign with a key that is kept elsewhere: itself it hashes
  /// nothing, and goes by what the key calls itself.
  ///
  /// @throws TlsException CONFIGURATION, naming the key
  static void check(CertKey own) throws TlsException {
    if (!own.isRemote()) {
      return;
    }
    String algorithm = own.privateKey().getAlgorithm();
    String why =
        !algorithm.equals(type(own))
            ? "as one of algorithm " + algorithm + " (expected: " + type(own) + ")"
            : RemoteSigning.hasMessage(own)
                ? ""
                : "by what does not hash (expected: SHA256withECDSA and so on, RSASSA-PSS)";
    if (!why.isEmpty()) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          JsseTls.ID + ": the key of " + own + " is kept elsewhere, " + why);
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(keyType);
  }

  /// Whatever issuers the server names: it may well know more of them.
  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    return Arrays.asList(keyTypes).contains(type) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return Arrays.asList(keyTypes).contains(type) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  private @Nullable String alias(String keyType) {
    return keyType.equals(type) ? ALIAS : null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  private String @Nullable [] aliases(String keyType) {
    return keyType.equals(type) ? new String[] {ALIAS} : null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return alias.equals(ALIAS) ? chain.clone() : null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return alias.equals(ALIAS) ? key : null;
  }
}
