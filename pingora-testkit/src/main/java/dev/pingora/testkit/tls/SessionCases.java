// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static dev.pingora.testkit.tls.Both.clientConfig;
import static dev.pingora.testkit.tls.Both.refused;
import static dev.pingora.testkit.tls.Both.same;
import static dev.pingora.testkit.tls.Both.serverConfig;
import static dev.pingora.testkit.tls.Both.talks;
import static dev.pingora.testkit.tls.Both.that;
import static dev.pingora.testkit.tls.Both.unsupported;

import dev.pingora.tls.Capability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Sessions that go on later, and what else is derived from their secrets.
record SessionCases(Both both) {
  private static final ServerId HERE = new ServerId(TestCertificates.NAME, "192.0.2.1:443");

  List<TlsCase> cases() {
    List<TlsCase> cases = new ArrayList<>();
    for (TlsVersion version : TlsVersion.values()) {
      cases.add(new TlsCase(version + ": a session is resumed", () -> resumed(version)));
      cases.add(new TlsCase(version + ": 0 remembers none", () -> none(version)));
      cases.add(new TlsCase(version + ": not with another server", () -> otherServer(version)));
      cases.add(new TlsCase(version + ": contexts share no sessions", () -> otherContext(version)));
      cases.add(new TlsCase(version + ": shared ticket keys", () -> tickets(version)));
      cases.add(new TlsCase(version + ": known clients are resumed", () -> known(version)));
      cases.add(new TlsCase(version + ": exporter", () -> exporter(version)));
      cases.add(new TlsCase(version + ": key log", () -> keyLog(version)));
      cases.add(new TlsCase(version + ": key update", () -> keyUpdate(version)));
    }
    cases.add(new TlsCase("an OCSP response is stapled or refused", this::ocsp));
    return cases;
  }

  /// {@return whether the connection went on from an earlier one}
  private static boolean connect(TlsContext client, TlsContext server, ServerId id)
      throws TlsException {
    try (TlsPair pair = TlsPair.of(client, server, id).handshake()) {
      talks(pair);
      TlsDigest asked = pair.client().session().digest();
      TlsDigest served = pair.server().session().digest();
      same("resumed, says the server,", served.resumed(), asked.resumed());
      pair.client().closeNotify();
      pair.server().closeNotify();
      pair.pump();
      same("server name", served.serverName(), id.name());
      return asked.resumed();
    }
  }

  private void resumed(TlsVersion version) throws Exception {
    TlsContext client = both.client().client(clientConfig(version).withAlpn(List.of("h2")));
    TlsContext server = both.server().server(serverConfig(version).withAlpn(List.of("h2"), true));
    same("resumed at first", connect(client, server, HERE), false);
    boolean able = both.can(Capability.RESUMPTION);
    same("resumed", connect(client, server, HERE), able);
    same("resumed again", connect(client, server, HERE), able);
  }

  private void none(TlsVersion version) throws Exception {
    TlsContext client = both.client().client(clientConfig(version).withResumption(0));
    TlsContext server = both.server().server(serverConfig(version));
    same("resumed at first", connect(client, server, HERE), false);
    same("resumed", connect(client, server, HERE), false);
  }

  private void otherServer(TlsVersion version) throws Exception {
    TlsContext client = both.client().client(clientConfig(version));
    TlsContext server = both.server().server(serverConfig(version));
    same("resumed at first", connect(client, server, HERE), false);
    same(
        "resumed elsewhere",
        connect(client, server, new ServerId(TestCertificates.NAME, "192.0.2.2:443")),
        false);
    same(
        "resumed by another name",
        connect(client, server, new ServerId("a.wild.example", HERE.key())),
        false);
    same("resumed here", connect(client, server, HERE), both.can(Capability.RESUMPTION));
  }

  private void otherContext(TlsVersion version) throws Exception {
    TlsContext client = both.client().client(clientConfig(version));
    TlsContext server = both.server().server(serverConfig(version));
    same("resumed at first", connect(client, server, HERE), false);
    TlsContext otherClient = both.client().client(clientConfig(version));
    same("resumed by another client", connect(otherClient, server, HERE), false);
    TlsContext otherServer = both.server().server(serverConfig(version));
    same("resumed by another server", connect(client, otherServer, HERE), false);
  }

  private void tickets(TlsVersion version) throws Exception {
    TicketKeys keys = TicketKeys.random();
    ServerTls config = serverConfig(version).withTickets(keys);
    if (!both.serverCan(Capability.TICKET_KEYS)) {
      refused(both.server(), () -> both.server().server(config));
      return;
    }
    if (!both.clientCan(Capability.RESUMPTION)) {
      return;
    }
    TlsContext client = both.client().client(clientConfig(version));
    same("resumed at first", connect(client, both.server().server(config), HERE), false);
    same("resumed by a twin", connect(client, both.server().server(config), HERE), true);
    keys.rotate();
    TlsContext server = both.server().server(config);
    same("resumed after a rotation", connect(client, server, HERE), true);
    keys.rotate();
    same("resumed after another rotation", connect(client, server, HERE), true);
    keys.replace(TicketKeys.random().keys());
    same("resumed with other keys", connect(client, server, HERE), false);
    same("resumed with these keys", connect(client, server, HERE), true);
  }

  /// Who was resumed is known as before; tickets that hold no certificates are of no use then.
  private void known(TlsVersion version) throws Exception {
    ServerTls config =
        serverConfig(version).withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots());
    boolean able = both.serverCan(Capability.CLIENT_RESUMPTION);
    if (!able && both.serverCan(Capability.TICKET_KEYS)) {
      refused(both.server(), () -> both.server().server(config.withTickets(TicketKeys.random())));
    }
    TlsContext server = both.server().server(config);
    CertKey own = TestCertificates.client();
    TlsContext client = both.client().client(clientConfig(version).withCertificate(own));
    for (int round = 0; round < 3; round++) {
      try (TlsPair pair = TlsPair.of(client, server, HERE).handshake()) {
        talks(pair);
        TlsDigest served = pair.server().session().digest();
        same("resumed", served.resumed(), able && both.can(Capability.RESUMPTION) && round > 0);
        that("the client", Arrays.equals(served.peerChain().getFirst(), own.chainDer().getFirst()));
        pair.client().closeNotify();
        pair.server().closeNotify();
        pair.pump();
      }
    }
  }

  private void exporter(TlsVersion version) throws Exception {
    try (TlsPair pair = both.connected(clientConfig(version), serverConfig(version))) {
      TlsSession client = pair.client().session();
      TlsSession server = pair.server().session();
      byte[] context = {1, 2, 3};
      if (!both.clientCan(Capability.EXPORTER)) {
        unsupported(() -> client.export("EXPORTER-test", context, 32));
      }
      if (!both.serverCan(Capability.EXPORTER)) {
        unsupported(() -> server.export("EXPORTER-test", context, 32));
      }
      if (both.can(Capability.EXPORTER)) {
        byte[] one = client.export("EXPORTER-test", context, 32);
        same("octets exported", one.length, 32);
        that(
            "both sides export the same",
            Arrays.equals(one, server.export("EXPORTER-test", context, 32)));
        that("the label counts", !Arrays.equals(one, client.export("EXPORTER-other", context, 32)));
        that(
            "the context counts",
            !Arrays.equals(one, client.export("EXPORTER-test", new byte[0], 32)));
      }
    }
  }

  private void keyLog(TlsVersion version) throws Exception {
    List<String> asked = new ArrayList<>();
    List<String> served = new ArrayList<>();
    boolean clientLogs = both.clientCan(Capability.KEY_LOG);
    boolean serverLogs = both.serverCan(Capability.KEY_LOG);
    if (!clientLogs) {
      refused(
          both.client(), () -> both.client().client(clientConfig(version).withKeyLog(asked::add)));
    }
    if (!serverLogs) {
      refused(
          both.server(), () -> both.server().server(serverConfig(version).withKeyLog(served::add)));
    }
    try (TlsPair pair =
        both.connected(
            clientConfig(version).withKeyLog(clientLogs ? asked::add : null),
            serverConfig(version).withKeyLog(serverLogs ? served::add : null))) {
      talks(pair);
    }
    List<String> labels =
        version == TlsVersion.TLS_1_2
            ? List.of("CLIENT_RANDOM ")
            : List.of(
                "CLIENT_HANDSHAKE_TRAFFIC_SECRET ",
                "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
                "CLIENT_TRAFFIC_SECRET_0 ",
                "SERVER_TRAFFIC_SECRET_0 ");
    for (String label : labels) {
      List<String> ofClient = asked.stream().filter(line -> line.startsWith(label)).toList();
      List<String> ofServer = served.stream().filter(line -> line.startsWith(label)).toList();
      same(label + "of the client", ofClient.size(), clientLogs ? 1 : 0);
      same(label + "of the server", ofServer.size(), serverLogs ? 1 : 0);
      if (clientLogs && serverLogs) {
        same(label + "of both", ofServer, ofClient);
      }
    }
  }

  private void keyUpdate(TlsVersion version) throws Exception {
    try (TlsPair pair = both.connected(clientConfig(version), serverConfig(version))) {
      for (TlsEnd end : List.of(pair.client(), pair.server())) {
        boolean able =
            end == pair.client()
                ? both.clientCan(Capability.KEY_UPDATE)
                : both.serverCan(Capability.KEY_UPDATE);
        TlsProvider own = end == pair.client() ? both.client() : both.server();
        for (boolean peerToo : new boolean[] {false, true}) {
          boolean asked = peerToo && own.id().equals("s2n"); // which changes its own keys only
          if (able && version == TlsVersion.TLS_1_3 && !asked) {
            end.session().keyUpdate(peerToo);
            end.drain();
            talks(pair);
          } else {
            unsupported(() -> end.session().keyUpdate(peerToo));
          }
        }
      }
    }
  }

  private void ocsp() throws Exception {
    // Only carried: an OCSPResponse of status internalError (RFC 6960 §4.2.1).
    CertKey key = TestCertificates.server().withOcsp(new byte[] {0x30, 3, 0x0a, 1, 2});
    ServerTls config = serverConfig(TlsVersion.TLS_1_3).withCertificate(key);
    if (!both.serverCan(Capability.OCSP_STAPLE)) {
      refused(both.server(), () -> both.server().server(config));
      return;
    }
    try (TlsPair pair = both.connected(clientConfig(TlsVersion.TLS_1_3), config)) {
      talks(pair);
    }
  }
}
