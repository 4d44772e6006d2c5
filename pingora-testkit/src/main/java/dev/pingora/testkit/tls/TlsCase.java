// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

/// One behaviour that is checked.
///
/// @param name a claim, such as `TLSv1.3: the server's order of ALPN wins`
public record TlsCase(String name, Check check) {
  /// What finds out.
  @FunctionalInterface
  public interface Check {
    /// Finds out.
    ///
    /// @throws AssertionError when the claim is wrong
    /// @throws Exception whatever else happens, which is wrong too
    void run() throws Exception;
  }

  /// Finds out whether the claim holds.
  ///
  /// @throws AssertionError when it does not, or when something else went wrong
  public void run() {
    try {
      check.run();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
