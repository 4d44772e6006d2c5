// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

/// On which side of the proxy a failure began. It decides the status that the client sees and who
/// is to blame in a log.
public enum ErrorSource {
  /// The client, or the connection to it.
  DOWNSTREAM("Downstream"),

  /// The origin server or next hop, or the connection to it.
  UPSTREAM("Upstream"),

  /// This process: configuration, user code, a bug, or a limit of our own.
  INTERNAL("Internal");

  private final String text;

  ErrorSource(String text) {
    this.text = text;
  }

  /// {@return the word that logs show}
  @Override
  public String toString() {
    return text;
  }
}
