// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

/// What providers differ in. One table for code, tests and documentation: a provider says of itself
/// what it can, the matrix of tests asks for exactly that, and the documentation prints it.
public enum Capability {
  TLS_1_2("TLS 1.2"),
  TLS_1_3("TLS 1.3"),
  KEY_RSA("RSA keys"),
  KEY_RSA_PSS("RSA-PSS keys"),
  KEY_EC_P256("EC P-256 keys"),
  KEY_EC_P384("EC P-384 keys"),
  KEY_EC_P521("EC P-521 keys"),
  KEY_ED25519("Ed25519 keys"),
  GROUP_X25519("group x25519"),
  GROUP_P256("group secp256r1"),
  GROUP_P384("group secp384r1"),
  GROUP_X25519MLKEM768("group X25519MLKEM768"),
  CHOOSE_GROUPS("groups as configured"),
  CHOOSE_SUITES_1_2("TLS 1.2 suites as configured"),
  CHOOSE_SUITES_1_3("TLS 1.3 suites as configured"),
  /// A server goes by its own order of suites; in TLS 1.3 all do.
  SUITE_ORDER_1_2("server's order of TLS 1.2 suites"),
  CHACHA_BY_CLIENT("ChaCha20 for clients that put it first"),
  /// A client may send a second key share beside that of its first group.
  SECOND_KEY_SHARE("second key share"),
  ALPN("ALPN"),
  CLIENT_AUTH("client certificates"),
  /// TLS sessions go on after a reconnect.
  RESUMPTION("resumption"),
  /// Servers resume sessions of clients that showed a certificate, and know it then.
  CLIENT_RESUMPTION("resumption of clients with certificates"),
  /// Ticket keys can be given, rotated and shared by several processes.
  TICKET_KEYS("shared ticket keys"),
  OCSP_STAPLE("OCSP staple"),
  KEY_LOG("key log"),
  EXPORTER("keying material exporter"),
  KEY_UPDATE("key update"),
  /// External pre-shared keys.
  PSK("external PSK"),
  /// Failures are told late, against timing attacks.
  BLINDING("blinding"),
  /// s2n's named policies instead of lists.
  SECURITY_POLICY("named security policies"),
  /// Private keys may be kept by a device or a service, see [CertKey#isRemote].
  REMOTE_KEYS("keys kept elsewhere"),
  /// Ed25519 keys too.
  REMOTE_KEYS_ED25519("Ed25519 keys kept elsewhere"),
  /// Settings can be made on the library's own object, see [NativeSettings].
  NATIVE_SETTINGS("native settings"),
  /// The certificate may be checked against another name than that in SNI.
  ALTERNATIVE_NAME("alternative name"),
  /// The negotiated group is known.
  DIGEST_GROUP("negotiated group in digest");

  private final String text;

  Capability(String text) {
    this.text = text;
  }

  /// {@return how the table calls it}
  @Override
  public String toString() {
    return text;
  }
}
