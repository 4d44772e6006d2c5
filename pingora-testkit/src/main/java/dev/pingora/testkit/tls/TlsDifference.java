// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import java.util.List;
import java.util.Optional;

/// Where a provider is known to judge otherwise than the others, and cannot be made not to.
///
/// @param provider its id
/// @param serving whether it is the server that does so
/// @param verdict the name of the [TlsVerdict]
/// @param why for the documentation
public record TlsDifference(String provider, boolean serving, String verdict, String why) {
  private static final String HOST_NAMES =
      "a JDK server refuses SNI that is no host name by RFC 1123 (illegal_parameter)";

  /// {@return all of them} Each is asserted: one that went away makes a test fail.
  public static List<TlsDifference> all() {
    return List.of(
        new TlsDifference("jsse", true, "an underscore for a hyphen", HOST_NAMES),
        new TlsDifference("jsse", true, "an underscore in a short name", HOST_NAMES),
        new TlsDifference("jsse", true, "an underscore in another label", HOST_NAMES),
        new TlsDifference(
            "rustls", false, "a leaf that says CA:TRUE", "webpki wants leaves to be no authority"));
  }

  static Optional<TlsDifference> of(String provider, boolean serving, TlsVerdict verdict) {
    return all().stream()
        .filter(difference ->
            difference.provider.equals(provider)
                && difference.serving == serving
                && difference.verdict.equals(verdict.name()))
        .findFirst();
  }
}
