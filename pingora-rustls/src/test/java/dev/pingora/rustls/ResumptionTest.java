// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Sessions that go on from earlier ones.
@NeedsLibrary
final class ResumptionTest {
  private static final String HERE = "192.0.2.1:443";

  private static ClientTls client(TlsVersion version) {
    return Ends.client().withProfile(Ends.only(version));
  }

  private static boolean resumes(TlsContext client, TlsContext server) throws TlsException {
    return resumes(client, server, HERE);
  }

  private static boolean resumes(TlsContext client, TlsContext server, String key)
      throws TlsException {
    try (TlsPair pair = Ends.pair(client, server, key).handshake()) {
      pair.pump();
      TlsDigest seen = pair.client().session().digest();
      assertThat(pair.server().session().digest().resumed()).isEqualTo(seen.resumed());
      assertThat(seen.peerChain()).hasSize(2);
      return seen.resumed();
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void goesOnFromAnEarlierSession(TlsVersion version) throws Exception {
    TlsContext client = Ends.context(client(version));
    TlsContext server = Ends.context(Ends.server());

    assertThat(resumes(client, server)).isFalse();
    for (int i = 0; i < 10; i++) {
      assertThat(resumes(client, server)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void remembersByNameAndKey(TlsVersion version) throws Exception {
    TlsContext client = Ends.context(client(version));
    TlsContext server = Ends.context(Ends.server());
    resumes(client, server);

    assertThat(resumes(client, server, "192.0.2.2:443")).isFalse();
    assertThat(resumes(client, server)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void forgetsTheOldestBeyondTheLimit(TlsVersion version) throws Exception {
    TlsContext client = Ends.context(client(version).withResumption(2));
    TlsContext server = Ends.context(Ends.server());
    for (String key : new String[] {"a", "b", "c"}) {
      resumes(client, server, key);
    }

    assertThat(resumes(client, server, "c")).isTrue();
    assertThat(resumes(client, server, "b")).isTrue();
    assertThat(resumes(client, server, "a")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void remembersNothingWithoutRoom(TlsVersion version) throws Exception {
    TlsContext client = Ends.context(client(version).withResumption(0));
    TlsContext server = Ends.context(Ends.server());
    resumes(client, server);

    assertThat(resumes(client, server)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void ticketsOpenWhereverTheKeysAre(TlsVersion version) throws Exception {
    TicketKeys here = TicketKeys.random();
    TicketKeys there = TicketKeys.of(here.keys());
    TlsContext client = Ends.context(client(version));
    resumes(client, Ends.context(Ends.server().withTickets(here)));

    assertThat(resumes(client, Ends.context(Ends.server().withTickets(there)))).isTrue();
    assertThat(resumes(client, Ends.context(Ends.server()))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void rotatedKeysOpenUntilTheyAreGone(TlsVersion version) throws Exception {
    TicketKeys keys = TicketKeys.random();
    TlsContext server = Ends.context(Ends.server().withTickets(keys));
    TlsContext client = Ends.context(client(version));
    resumes(client, server);

    keys.rotate();
    assertThat(resumes(client, server)).isTrue();
    keys.replace(TicketKeys.random().keys());
    assertThat(resumes(client, server)).isFalse();
    assertThat(resumes(client, server)).isTrue();
  }

  /// Whoever was not asked for a certificate must not get by without where one is required.
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void ticketsDoNotCarryOverToOtherTermsForClients(TlsVersion version) throws Exception {
    TicketKeys keys = TicketKeys.random();
    TlsContext open = Ends.context(Ends.server().withTickets(keys));
    TlsContext closed =
        Ends.context(
            Ends.server()
                .withTickets(keys)
                .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots()));
    TlsContext client = Ends.context(client(version));
    resumes(client, open);

    try (TlsPair pair = Ends.pair(client, closed, HERE).pump()) {
      assertThat(pair.server().failure()).isNotNull();
    }
    TlsContext known = Ends.context(client(version).withCertificate(TestCertificates.client()));
    assertThat(resumes(known, open)).isFalse();
    assertThat(resumes(known, closed)).isFalse();
    assertThat(resumes(known, closed)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void resumedSessionsStillKnowTheClient(TlsVersion version) throws Exception {
    TlsContext server =
        Ends.context(Ends.server().withClientAuth(ClientAuth.OPTIONAL, TestCertificates.roots()));
    TlsContext client = Ends.context(client(version).withCertificate(TestCertificates.client()));
    resumes(client, server);

    try (TlsPair pair = Ends.pair(client, server, HERE).handshake()) {
      TlsDigest seen = pair.server().session().digest();
      assertThat(seen.resumed()).isTrue();
      assertThat(seen.peerChain().getFirst())
          .isEqualTo(TestCertificates.client().leaf().getEncoded());
    }
  }
}
