// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

/// The versions spoken. Older ones are deprecated (RFC 8996) and no provider is asked for them.
public enum TlsVersion {
  /// RFC 5246.
  TLS_1_2(0x0303, "TLSv1.2"),
  /// RFC 8446.
  TLS_1_3(0x0304, "TLSv1.3");

  private final int code;
  private final String text;

  TlsVersion(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /// {@return the number on the wire}
  public int code() {
    return code;
  }

  /// {@return the name as OpenSSL and the JDK write it, such as `TLSv1.3`}
  @Override
  public String toString() {
    return text;
  }
}
