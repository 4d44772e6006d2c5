// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static dev.pingora.testkit.tls.Both.only;
import static dev.pingora.testkit.tls.Both.same;
import static dev.pingora.testkit.tls.Both.talks;

import dev.pingora.tls.Capability;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that can be configured, combined with everything else: version, key, group, ALPN,
/// client certificates; each a first connection and one that resumes.
///
/// Only what both can: what either lacks is asked for by [NegotiationCases].
record TlsProduct(Both both) {
  private static final String PROTOCOL = "h2";

  List<TlsCase> cases() {
    List<TlsCase> cases = new ArrayList<>();
    for (TlsVersion version : TlsVersion.values()) {
      for (KeyType key : KeyType.values()) {
        boolean usual = version == TlsVersion.TLS_1_3 || NegotiationCases.usual(key);
        if (usual && both.speak(version) && both.can(NegotiationCases.capability(key))) {
          cases.add(
              new TlsCase(
                  version + " with " + key + ": all combinations", () -> all(version, key)));
        }
      }
    }
    return cases;
  }

  private void all(TlsVersion version, KeyType key) throws TlsException {
    List<TlsProfile> profiles = new ArrayList<>(List.of(only(version)));
    if (version == TlsVersion.TLS_1_3
        && both.can(Capability.GROUP_X25519MLKEM768)
        && both.can(Capability.CHOOSE_GROUPS)) {
      profiles.add(only(version).withGroups(List.of(NamedGroup.X25519MLKEM768)));
    }
    for (TlsProfile profile : profiles) {
      for (List<String> alpn : List.of(List.<String>of(), List.of(PROTOCOL))) {
        for (ClientAuth auth : List.of(ClientAuth.OFF, ClientAuth.REQUIRED)) {
          twice(profile, key, alpn, auth);
        }
      }
    }
  }

  private void twice(TlsProfile profile, KeyType key, List<String> alpn, ClientAuth auth)
      throws TlsException {
    boolean named = auth == ClientAuth.REQUIRED;
    TlsContext client =
        both.client()
            .client(
                ClientTls.standard()
                    .withProfile(profile)
                    .withAlpn(alpn)
                    .withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots())
                    .withCertificate(named ? TestCertificates.client() : null));
    TlsContext server =
        both.server()
            .server(
                ServerTls.of(TestCertificates.server(key))
                    .withProfile(profile)
                    .withAlpn(alpn, true)
                    .withClientAuth(auth, TestCertificates.roots()));
    // What it resumes by holds no certificates.
    boolean forgetful = named && both.server().id().equals("s2n");
    String what = profile.groups() + " " + alpn + " client certificate " + auth;
    once(client, server, what, alpn.isEmpty() ? null : PROTOCOL, false);
    once(
        client,
        server,
        what + ", again",
        alpn.isEmpty() ? null : PROTOCOL,
        both.can(Capability.RESUMPTION) && !forgetful);
  }

  private static void once(
      TlsContext client, TlsContext server, String what, @Nullable String alpn, boolean resumed)
      throws TlsException {
    try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME).handshake()) {
      talks(pair);
      for (TlsEnd end : List.of(pair.client(), pair.server())) {
        TlsDigest digest = end.session().digest();
        same(what + ", ALPN of " + end, digest.alpn(), alpn);
        same(what + ", resumed " + end, digest.resumed(), resumed);
        same(what + ", name of " + end, digest.serverName(), TestCertificates.NAME);
      }
      pair.client().closeNotify();
      pair.server().closeNotify();
      pair.pump();
    }
  }
}
