// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.util.Optional;

/// The cipher suites offered: all AEAD with forward secrecy. What is not here is not spoken.
public enum CipherSuite {
  TLS_AES_128_GCM_SHA256(0x1301, TlsVersion.TLS_1_3, "TLS_AES_128_GCM_SHA256"),
  TLS_AES_256_GCM_SHA384(0x1302, TlsVersion.TLS_1_3, "TLS_AES_256_GCM_SHA384"),
  TLS_CHACHA20_POLY1305_SHA256(0x1303, TlsVersion.TLS_1_3, "TLS_CHACHA20_POLY1305_SHA256"),
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(
      0xc02b, TlsVersion.TLS_1_2, "ECDHE-ECDSA-AES128-GCM-SHA256"),
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(0xc02f, TlsVersion.TLS_1_2, "ECDHE-RSA-AES128-GCM-SHA256"),
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(
      0xc02c, TlsVersion.TLS_1_2, "ECDHE-ECDSA-AES256-GCM-SHA384"),
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(0xc030, TlsVersion.TLS_1_2, "ECDHE-RSA-AES256-GCM-SHA384"),
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(
      0xcca9, TlsVersion.TLS_1_2, "ECDHE-ECDSA-CHACHA20-POLY1305"),
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(
      0xcca8, TlsVersion.TLS_1_2, "ECDHE-RSA-CHACHA20-POLY1305");

  private final int code;
  private final TlsVersion version;
  private final String openssl;

  CipherSuite(int code, TlsVersion version, String openssl) {
    this.code = code;
    this.version = version;
    this.openssl = openssl;
  }

  /// {@return the number on the wire}
  public int code() {
    return code;
  }

  /// {@return the only version it is used in}
  public TlsVersion version() {
    return version;
  }

  /// {@return OpenSSL's name of it, as configurations of other proxies write it}
  public String openssl() {
    return openssl;
  }

  /// {@return the suite of this number, empty for those we do not speak}
  public static Optional<CipherSuite> of(int code) {
    for (CipherSuite suite : values()) {
      if (suite.code == code) {
        return Optional.of(suite);
      }
    }
    return Optional.empty();
  }

  /// {@return the suite of this IANA or OpenSSL name}
  public static Optional<CipherSuite> named(String name) {
    for (CipherSuite suite : values()) {
      if (suite.name().equals(name) || suite.openssl.equals(name)) {
        return Optional.of(suite);
      }
    }
    return Optional.empty();
  }
}
