// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import java.util.Arrays;
import java.util.Set;
import javax.net.ssl.SSLParameters;

/// A profile in the words of the JDK.
record Negotiation(String[] versions, String[] suites, String[] groups) {
  /// {@return what of `profile` is used}
  ///
  /// @param known names of the groups that the JDK has; others are left out
  /// @throws TlsException CONFIGURATION when no group is left
  static Negotiation of(TlsProfile profile, Set<String> known) throws TlsException {
    String[] groups =
        profile.groups().stream()
            .map(NamedGroup::toString)
            .filter(known::contains)
            .toArray(String[]::new);
    if (groups.length == 0) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          "jsse has none of the groups " + profile.groups() + " (expected: some of " + known + ")");
    }
    return new Negotiation(
        Arrays.stream(TlsVersion.values())
            .filter(profile::speaks)
            .map(TlsVersion::toString)
            .toArray(String[]::new),
        profile.suites().stream()
            .filter(suite -> profile.speaks(suite.version()))
            .map(CipherSuite::name)
            .toArray(String[]::new),
        groups);
  }

  /// {@return parameters for one engine}
  SSLParameters parameters() {
    SSLParameters parameters = new SSLParameters(suites, versions);
    parameters.setNamedGroups(groups);
    parameters.setUseCipherSuitesOrder(true); // for servers: ours, not the client's
    parameters.setEnableRetransmissions(false);
    return parameters;
  }
}
