// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Libraries.class)
class ResumptionTest {
  @Parameter private Libraries library = Libraries.SYSTEM;

  private static ServerId at(int number) {
    return new ServerId(TestCertificates.NAME, "192.0.2." + number + ":443");
  }

  private static boolean connect(TlsContext client, TlsContext server, ServerId id)
      throws TlsException {
    try (TlsPair pair = TlsPair.of(client, server, id).handshake()) {
      return pair.client().session().digest().resumed();
    }
  }

  private static int remembered(TlsContext client) {
    SessionStore store = ((ClientSide) ((OpenSslContext) client).side).remembered();
    return store == null ? 0 : store.size();
  }

  @Test
  void ticketsOfTls13AreUsedOnce() throws Exception {
    TlsContext client = library.client(Ends.client(TlsVersion.TLS_1_3));
    TlsContext server = library.server(Ends.server(TlsVersion.TLS_1_3));
    assertThat(connect(client, server, at(1))).isFalse();
    assertThat(remembered(client)).as("tickets of a full handshake").isEqualTo(2);
    try (TlsPair first = TlsPair.of(client, server, at(1));
        TlsPair second = TlsPair.of(client, server, at(1));
        TlsPair third = TlsPair.of(client, server, at(1))) {
      assertThat(remembered(client)).as("all given out").isZero();
      assertThat(first.handshake().client().session().digest().resumed()).isTrue();
      assertThat(second.handshake().client().session().digest().resumed()).isTrue();
      assertThat(third.handshake().client().session().digest().resumed()).isFalse();
    }
  }

  @Test
  void sessionsOfTls12AreUsedAgainAlsoAtOnce() throws Exception {
    TlsContext client = library.client(Ends.client(TlsVersion.TLS_1_2));
    TlsContext server = library.server(Ends.server(TlsVersion.TLS_1_2));
    assertThat(connect(client, server, at(1))).isFalse();
    try (TlsPair first = TlsPair.of(client, server, at(1));
        TlsPair second = TlsPair.of(client, server, at(1))) {
      assertThat(first.handshake().client().session().digest().resumed()).isTrue();
      assertThat(second.handshake().client().session().digest().resumed()).isTrue();
    }
  }

  /// As a connection to an origin mostly ends.
  @Test
  void aSessionSurvivesItsConnectionWithoutCloseNotify() throws Exception {
    for (TlsVersion version : TlsVersion.values()) {
      TlsContext client = library.client(Ends.client(version));
      TlsContext server = library.server(Ends.server(version));
      assertThat(connect(client, server, at(1))).isFalse();
      assertThat(connect(client, server, at(1))).as("%s", version).isTrue();
    }
  }

  @Test
  void theServerUsedLongestAgoIsForgotten() throws Exception {
    TlsContext client = library.client(Ends.client(TlsVersion.TLS_1_2).withResumption(3));
    TlsContext server = library.server(Ends.server(TlsVersion.TLS_1_2));
    for (int i = 1; i <= 3; i++) {
      assertThat(connect(client, server, at(i))).isFalse();
    }
    assertThat(connect(client, server, at(1))).as("now the newest").isTrue();
    assertThat(connect(client, server, at(4))).isFalse();
    assertThat(remembered(client)).isEqualTo(3);
    assertThat(connect(client, server, at(1))).isTrue();
    assertThat(connect(client, server, at(2))).as("forgotten").isFalse();
  }

  @Test
  void aTicketIsNoWayAroundAskingForACertificate() throws Exception {
    for (TlsVersion version : TlsVersion.values()) {
      TicketKeys keys = TicketKeys.random();
      ServerTls open = Ends.server(version).withTickets(keys);
      TlsContext asking =
          library.server(open.withClientAuth(ClientAuth.OPTIONAL, TestCertificates.roots()));
      TlsContext client = library.client(Ends.client(version));
      assertThat(connect(client, library.server(open), at(1))).isFalse();
      assertThat(connect(client, asking, at(1))).as("%s", version).isFalse();
    }
  }

  @Test
  void whoeverChurnsConnectionsKeepsTheBound() throws Exception {
    TlsContext client = library.client(Ends.client(TlsVersion.TLS_1_3).withResumption(5));
    TlsContext server = library.server(Ends.server(TlsVersion.TLS_1_3));
    for (int i = 0; i < 100; i++) {
      connect(client, server, at(i % 7));
      assertThat(remembered(client)).isLessThanOrEqualTo(5);
    }
  }
}
