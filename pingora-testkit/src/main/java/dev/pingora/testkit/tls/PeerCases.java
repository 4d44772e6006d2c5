// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static dev.pingora.testkit.tls.Both.clientConfig;
import static dev.pingora.testkit.tls.Both.failed;
import static dev.pingora.testkit.tls.Both.heard;
import static dev.pingora.testkit.tls.Both.refused;
import static dev.pingora.testkit.tls.Both.same;
import static dev.pingora.testkit.tls.Both.serverConfig;
import static dev.pingora.testkit.tls.Both.talks;
import static dev.pingora.testkit.tls.Both.that;

import dev.pingora.tls.Capability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who the peer is: its certificate, and the name asked for.
record PeerCases(Both both) {
  List<TlsCase> cases() {
    List<TlsCase> cases = new ArrayList<>();
    for (TlsVersion version : TlsVersion.values()) {
      for (ClientAuth mode : ClientAuth.values()) {
        for (Shown shown : Shown.values()) {
          cases.add(
              new TlsCase(
                  version + ": client certificates " + mode + ", shown: " + shown,
                  () -> client(version, mode, shown)));
        }
      }
      cases.add(
          new TlsCase(version + ": a client certificate of RSA", () -> key(version, KeyType.RSA)));
      cases.add(new TlsCase(version + ": a bad server hears why", () -> refusal(version)));
    }
    for (TlsVerdict verdict : TlsVerdict.all()) {
      cases.add(new TlsCase("verdict: " + verdict.name(), () -> verdict.check(both)));
    }
    cases.add(new TlsCase("no name to look for is an error at once", this::noName));
    cases.add(new TlsCase("neither an address nor nothing is sent as SNI", this::noSni));
    return cases;
  }

  /// What a client shows.
  private enum Shown {
    NOTHING,
    GOOD,
    OTHER_AUTHORITY,
    EXPIRED;

    @Nullable CertKey key() {
      return switch (this) {
        case NOTHING -> null;
        case GOOD -> TestCertificates.client();
        case OTHER_AUTHORITY -> TestCertificates.otherClient();
        case EXPIRED -> TestCertificates.expiredClient();
      };
    }
  }

  private static boolean served(ClientAuth mode, Shown shown) {
    return switch (mode) {
      case OFF -> true;
      case OPTIONAL -> shown == Shown.NOTHING || shown == Shown.GOOD;
      case REQUIRED -> shown == Shown.GOOD;
    };
  }

  private void client(TlsVersion version, ClientAuth mode, Shown shown) throws Exception {
    ClientTls asking = clientConfig(version).withCertificate(shown.key());
    ServerTls serving = serverConfig(version).withClientAuth(mode, TestCertificates.roots());
    try (TlsPair pair = both.pair(asking, serving).pump()) {
      if (served(mode, shown)) {
        pair.handshake();
        List<byte[]> chain = pair.server().session().digest().peerChain();
        CertKey key = shown.key();
        if (key == null || mode == ClientAuth.OFF) {
          same("certificates of the client", chain.size(), 0);
        } else {
          that(
              "the client's certificate",
              Arrays.equals(chain.getFirst(), key.chainDer().getFirst()));
        }
        talks(pair);
      } else {
        failed(pair.server(), Reason.BAD_CERTIFICATE, Reason.HANDSHAKE);
        heard(pair.client(), both.server());
      }
    }
  }

  private void key(TlsVersion version, KeyType type) throws Exception {
    CertKey key = TestCertificates.client(type);
    try (TlsPair pair =
        both.connected(
            clientConfig(version).withCertificate(key),
            serverConfig(version).withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots()))) {
      same("certificates of the client", pair.server().session().digest().peerChain().size(), 2);
      talks(pair);
    }
  }

  private void refusal(TlsVersion version) throws Exception {
    try (TlsPair pair =
        both.pair(
                clientConfig(version),
                serverConfig(version).withCertificate(TestCertificates.otherAuthority()))
            .pump()) {
      failed(pair.client(), Reason.BAD_CERTIFICATE);
      if (both.clientCan(Capability.BLINDING)) {
        return; // not when, and not why
      }
      TlsException heard = failed(pair.server(), Reason.ALERTED);
      // RFC 8446 §6.2: bad_certificate 42 to unknown_ca 48.
      that("alert " + heard.alert() + " is about certificates", heard.alert() / 8 >= 5);
    }
  }

  private void noName() throws Exception {
    var context = both.client().client(clientConfig(TlsVersion.TLS_1_3));
    refused(both.client(), () -> context.session(new ServerId("", "key")).close());
  }

  private void noSni() throws Exception {
    for (String name : List.of("", TestCertificates.IPV4, TestCertificates.IPV6)) {
      Verify verify = name.isEmpty() ? Verify.CHAIN : Verify.CHAIN_AND_NAME;
      try (TlsPair pair =
          TlsPair.of(
                  both.client(),
                  clientConfig(TlsVersion.TLS_1_3).withVerify(verify, TestCertificates.roots()),
                  both.server(),
                  serverConfig(TlsVersion.TLS_1_3),
                  name)
              .handshake()) {
        same("server name", pair.server().session().digest().serverName(), null);
        same("server name", pair.client().session().digest().serverName(), null);
      }
    }
  }
}
