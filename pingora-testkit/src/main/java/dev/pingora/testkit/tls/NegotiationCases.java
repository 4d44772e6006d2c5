// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static dev.pingora.testkit.tls.Both.clientConfig;
import static dev.pingora.testkit.tls.Both.failed;
import static dev.pingora.testkit.tls.Both.only;
import static dev.pingora.testkit.tls.Both.refused;
import static dev.pingora.testkit.tls.Both.same;
import static dev.pingora.testkit.tls.Both.serverConfig;
import static dev.pingora.testkit.tls.Both.talks;
import static dev.pingora.testkit.tls.Both.that;

import dev.pingora.tls.Capability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What a handshake agrees on.
record NegotiationCases(Both both) {
  private static final int HANDSHAKE_FAILURE = 40;
  private static final int INSUFFICIENT_SECURITY = 71;
  private static final int PROTOCOL_VERSION = 70;
  private static final int NO_APPLICATION_PROTOCOL = 120;

  private static final Map<KeyType, Capability> KEYS =
      Map.of(
          KeyType.RSA, Capability.KEY_RSA,
          KeyType.RSA_PSS, Capability.KEY_RSA_PSS,
          KeyType.EC_P256, Capability.KEY_EC_P256,
          KeyType.EC_P384, Capability.KEY_EC_P384,
          KeyType.EC_P521, Capability.KEY_EC_P521,
          KeyType.ED25519, Capability.KEY_ED25519);

  private static final Map<NamedGroup, Capability> GROUPS =
      Map.of(
          NamedGroup.X25519, Capability.GROUP_X25519,
          NamedGroup.SECP256R1, Capability.GROUP_P256,
          NamedGroup.SECP384R1, Capability.GROUP_P384,
          NamedGroup.X25519MLKEM768, Capability.GROUP_X25519MLKEM768);

  List<TlsCase> cases() {
    List<TlsCase> cases = new ArrayList<>();
    for (TlsVersion version : TlsVersion.values()) {
      for (KeyType key : KeyType.values()) {
        // TLS 1.2 ties the curve of the key to the groups (RFC 8422 §5.1.1), and its libraries
        // differ in what else they sign by; 1.3 has signature_algorithms alone.
        if (version == TlsVersion.TLS_1_3 || usual(key)) {
          cases.add(
              new TlsCase(version + ": handshake with a key of " + key, () -> key(version, key)));
        }
      }
    }
    for (CipherSuite suite : CipherSuite.values()) {
      cases.add(new TlsCase(suite + " alone", () -> suite(suite)));
    }
    for (NamedGroup group : NamedGroup.values()) {
      if (GROUPS.containsKey(group)) {
        cases.add(new TlsCase("group " + group + " alone", () -> group(group)));
      }
    }
    cases.add(new TlsCase("a second hello for a group of the server", this::retry));
    cases.add(new TlsCase("the newest version of both", this::newest));
    cases.add(new TlsCase("no version in common", this::noVersion));
    cases.add(new TlsCase("no suite in common", this::noSuite));
    for (TlsVersion version : TlsVersion.values()) {
      cases.add(new TlsCase(version + ": the server's order of suites wins", () -> order(version)));
      cases.add(
          new TlsCase(version + ": a client that puts ChaCha20 first", () -> chacha(version)));
      cases.add(new TlsCase(version + ": the server's order of ALPN wins", () -> alpn(version)));
      cases.add(
          new TlsCase(
              version + ": without a common protocol there is none", () -> noAlpn(version)));
      cases.add(
          new TlsCase(
              version + ": a required protocol is insisted on", () -> alpnRequired(version)));
      cases.add(
          new TlsCase(
              version + ": who offers no protocol is served", () -> alpnNotOffered(version)));
    }
    return cases;
  }

  static boolean usual(KeyType key) {
    return switch (key) {
      case RSA, EC_P256, EC_P384 -> true;
      case RSA_PSS, EC_P521, ED25519 -> false;
    };
  }

  static Capability capability(KeyType key) {
    return java.util.Objects.requireNonNull(KEYS.get(key));
  }

  private void key(TlsVersion version, KeyType key) throws Exception {
    CertKey own = TestCertificates.server(key);
    ServerTls config = ServerTls.of(own).withProfile(only(version));
    if (!both.serverCan(capability(key))) {
      refused(both.server(), () -> both.server().server(config));
      return;
    }
    if (!both.clientCan(capability(key))) {
      try (TlsPair pair = both.pair(clientConfig(version), config).pump()) {
        that("refused by a client that lacks " + key, pair.failure() != null);
      }
      return;
    }
    try (TlsPair pair = both.connected(clientConfig(version), config)) {
      TlsDigest client = pair.client().session().digest();
      TlsDigest server = pair.server().session().digest();
      digest(version, client);
      digest(version, server);
      same("cipher", server.cipher(), client.cipher());
      same("certificates shown", client.peerChain().size(), 2);
      that(
          "the server's certificate",
          Arrays.equals(client.peerChain().getFirst(), own.chainDer().getFirst()));
      same("certificates of the client", server.peerChain().size(), 0);
      if (both.can(Capability.DIGEST_GROUP)) {
        same("group", server.group(), client.group());
      }
      talks(pair);
    }
  }

  private static void digest(TlsVersion version, TlsDigest digest) {
    same("version", digest.version(), version);
    that(
        digest.cipher() + " is one of " + version,
        CipherSuite.named(digest.cipher()).map(CipherSuite::version).stream()
            .anyMatch(version::equals));
    same("ALPN", digest.alpn(), null);
    same("server name", digest.serverName(), TestCertificates.NAME);
    same("resumed", digest.resumed(), false);
  }

  private void suite(CipherSuite suite) throws Exception {
    TlsVersion version = suite.version();
    TlsProfile profile = only(version).withSuites(List.of(suite));
    ServerTls config =
        ServerTls.of(
                TestCertificates.server(
                    suite.name().contains("_RSA_") ? KeyType.RSA : KeyType.EC_P256))
            .withProfile(profile);
    Capability needed =
        version == TlsVersion.TLS_1_2 ? Capability.CHOOSE_SUITES_1_2 : Capability.CHOOSE_SUITES_1_3;
    if (!both.serverCan(needed)) {
      refused(both.server(), () -> both.server().server(config));
    }
    if (!both.clientCan(needed)) {
      refused(
          both.client(), () -> both.client().client(clientConfig(version).withProfile(profile)));
    }
    if (both.can(needed)) {
      try (TlsPair pair = both.connected(clientConfig(version).withProfile(profile), config)) {
        same("cipher", pair.client().session().digest().cipher(), suite.name());
        same("cipher", pair.server().session().digest().cipher(), suite.name());
        talks(pair);
      }
    }
  }

  private void group(NamedGroup group) throws Exception {
    TlsProfile profile = TlsProfile.MODERN.withGroups(List.of(group));
    Capability needed = java.util.Objects.requireNonNull(GROUPS.get(group));
    ServerTls serving = ServerTls.of(TestCertificates.server()).withProfile(profile);
    boolean served = both.serverCan(needed) && both.serverCan(Capability.CHOOSE_GROUPS);
    boolean asked = both.clientCan(needed) && both.clientCan(Capability.CHOOSE_GROUPS);
    if (!served) {
      refused(both.server(), () -> both.server().server(serving));
    }
    if (!asked) {
      refused(
          both.client(),
          () -> both.client().client(clientConfig(TlsVersion.TLS_1_3).withProfile(profile)));
    }
    if (served && asked) {
      try (TlsPair pair =
          both.connected(clientConfig(TlsVersion.TLS_1_3).withProfile(profile), serving)) {
        if (both.clientCan(Capability.DIGEST_GROUP)) {
          same("group", pair.client().session().digest().group(), group.toString());
        }
        if (both.serverCan(Capability.DIGEST_GROUP)) {
          same("group", pair.server().session().digest().group(), group.toString());
        }
        talks(pair);
      }
    }
  }

  private void retry() throws Exception {
    if (!both.can(Capability.CHOOSE_GROUPS) || !both.can(Capability.GROUP_P384)) {
      return; // group() has shown that such lists are refused
    }
    TlsProfile asking =
        TlsProfile.MODERN.withGroups(List.of(NamedGroup.SECP256R1, NamedGroup.SECP384R1));
    TlsProfile serving = TlsProfile.MODERN.withGroups(List.of(NamedGroup.SECP384R1));
    try (TlsPair pair =
        both.connected(
            clientConfig(TlsVersion.TLS_1_3).withProfile(asking).withSecondKeyShare(false),
            ServerTls.of(TestCertificates.server()).withProfile(serving))) {
      if (both.clientCan(Capability.DIGEST_GROUP)) {
        same("group", pair.client().session().digest().group(), "secp384r1");
      }
      talks(pair);
    }
  }

  private void newest() throws Exception {
    try (TlsPair pair =
        both.connected(
            clientConfig(TlsVersion.TLS_1_3).withProfile(TlsProfile.INTERMEDIATE),
            ServerTls.of(TestCertificates.server()))) {
      TlsVersion expected = both.can(Capability.TLS_1_3) ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
      same("version", pair.client().session().digest().version(), expected);
      same("version", pair.server().session().digest().version(), expected);
    }
  }

  private void noVersion() throws Exception {
    try (TlsPair pair =
        both.pair(clientConfig(TlsVersion.TLS_1_2), serverConfig(TlsVersion.TLS_1_3)).pump()) {
      failed(pair.server(), Reason.HANDSHAKE);
      alerted(pair.client(), PROTOCOL_VERSION, HANDSHAKE_FAILURE);
    }
  }

  private void noSuite() throws Exception {
    if (!both.can(Capability.CHOOSE_SUITES_1_2)) {
      return; // suite() has shown that such lists are refused
    }
    TlsProfile asking =
        only(TlsVersion.TLS_1_2)
            .withSuites(List.of(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256));
    TlsProfile serving =
        only(TlsVersion.TLS_1_2)
            .withSuites(List.of(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384));
    try (TlsPair pair =
        both.pair(
                clientConfig(TlsVersion.TLS_1_2).withProfile(asking),
                serverConfig(TlsVersion.TLS_1_2).withProfile(serving))
            .pump()) {
      failed(pair.server(), Reason.HANDSHAKE);
      alerted(pair.client(), HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY);
    }
  }

  private void order(TlsVersion version) throws Exception {
    List<CipherSuite> ours = suites(version).stream().filter(s -> !isChaCha(s)).toList();
    chosen(version, ours.reversed(), ours, ordered(version) ? ours.getFirst() : ours.getLast());
  }

  private void chacha(TlsVersion version) throws Exception {
    List<CipherSuite> ours = suites(version);
    boolean given = both.serverCan(Capability.CHACHA_BY_CLIENT) || !ordered(version);
    chosen(version, ours.reversed(), ours, given ? ours.getLast() : ours.getFirst());
  }

  private boolean ordered(TlsVersion version) {
    return version == TlsVersion.TLS_1_3 || both.serverCan(Capability.SUITE_ORDER_1_2);
  }

  /// {@return the suites for the certificate of these tests, ChaCha20 the last}
  private static List<CipherSuite> suites(TlsVersion version) {
    return only(version).suites(version).stream().filter(s -> !s.name().contains("_RSA_")).toList();
  }

  private static boolean isChaCha(CipherSuite suite) {
    return suite.name().contains("CHACHA20");
  }

  private void chosen(
      TlsVersion version, List<CipherSuite> theirs, List<CipherSuite> ours, CipherSuite expected)
      throws Exception {
    Capability needed =
        version == TlsVersion.TLS_1_2 ? Capability.CHOOSE_SUITES_1_2 : Capability.CHOOSE_SUITES_1_3;
    if (!both.can(needed)) {
      return; // suite() has shown that such lists are refused
    }
    try (TlsPair pair =
        both.connected(
            clientConfig(version).withProfile(only(version).withSuites(theirs)),
            serverConfig(version).withProfile(only(version).withSuites(ours)))) {
      same("cipher", pair.client().session().digest().cipher(), expected.name());
    }
  }

  private static void alerted(TlsEnd end, Integer... alerts) {
    TlsException failure = failed(end, Reason.ALERTED);
    that(
        "alert " + failure.alert() + " is one of " + Arrays.toString(alerts),
        Arrays.asList(alerts).contains(failure.alert()));
  }

  private void alpn(TlsVersion version) throws Exception {
    try (TlsPair pair =
        both.connected(
            clientConfig(version).withAlpn(List.of("h2", "http/1.1")),
            serverConfig(version).withAlpn(List.of("http/1.1", "h2"), true))) {
      same("ALPN", pair.client().session().digest().alpn(), "http/1.1");
      same("ALPN", pair.server().session().digest().alpn(), "http/1.1");
      talks(pair);
    }
  }

  private void noAlpn(TlsVersion version) throws Exception {
    try (TlsPair pair =
        both.connected(
            clientConfig(version).withAlpn(List.of("spdy/3")),
            serverConfig(version).withAlpn(List.of("h2"), false))) {
      same("ALPN", pair.client().session().digest().alpn(), null);
      same("ALPN", pair.server().session().digest().alpn(), null);
      talks(pair);
    }
    try (TlsPair pair =
        both.connected(clientConfig(version).withAlpn(List.of("h2")), serverConfig(version))) {
      same("ALPN", pair.client().session().digest().alpn(), null);
    }
  }

  private void alpnRequired(TlsVersion version) throws Exception {
    try (TlsPair pair =
        both.pair(
                clientConfig(version).withAlpn(List.of("spdy/3")),
                serverConfig(version).withAlpn(List.of("h2"), true))
            .pump()) {
      failed(pair.server(), Reason.HANDSHAKE);
      alerted(pair.client(), NO_APPLICATION_PROTOCOL); // RFC 7301 §3.2
    }
  }

  private void alpnNotOffered(TlsVersion version) throws Exception {
    try (TlsPair pair =
        both.connected(
            clientConfig(version), serverConfig(version).withAlpn(List.of("h2"), true))) {
      same("ALPN", pair.server().session().digest().alpn(), null);
      talks(pair);
    }
  }
}
