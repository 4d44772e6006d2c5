// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

/// The protocol version of a message (RFC 9110 §2.5). Ordered: later ones compare greater.
public enum HttpVersion {
  /// No persistence unless asked for, no chunked coding, no Host needed.
  HTTP_1_0("HTTP/1.0"),

  /// RFC 9112. A later minor version is read as this one (RFC 9110 §6.2).
  HTTP_1_1("HTTP/1.1"),

  /// RFC 9113.
  HTTP_2("HTTP/2.0"),

  /// RFC 9114.
  HTTP_3("HTTP/3.0");

  private final String text;

  HttpVersion(String text) {
    this.text = text;
  }

  /// {@return the text as logs and the first line of HTTP/1 show it}
  public String text() {
    return text;
  }

  /// {@return whether messages are text with a first line, as in HTTP/1.0 and 1.1}
  public boolean isHttp1() {
    return this == HTTP_1_0 || this == HTTP_1_1;
  }

  /// The name for a first line: only HTTP/1 has one, so a message that came by a later version is
  /// written as HTTP/1.1.
  String firstLineText() {
    return this == HTTP_1_0 ? HTTP_1_0.text : HTTP_1_1.text;
  }
}
