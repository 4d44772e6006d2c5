// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static dev.pingora.testkit.tls.Both.clientConfig;
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
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Private keys kept elsewhere: a device signs, and may fail at that.
record RemoteKeyCases(Both both) {
  /// More turns than any handshake takes.
  private static final int ROUNDS = 10;

  /// Octets of a flight at most.
  private static final int WIRE = 32 << 10;

  private static final String TROUBLE = "CKR_DEVICE_REMOVED";

  private static final String HASHES = "SHA256withECDSA";
  private static final String HASHES_NOT = "NONEwithECDSA";

  /// What the device does when it is asked.
  private enum Mood {
    GOOD,
    THROWS,
    /// More than an exception of its own kind.
    BREAKS,
    /// Signs something else.
    SPOILS,
    SAYS_NOTHING,
    SAYS_TOO_MUCH
  }

  /// Which end has its key there.
  private enum Side {
    CLIENT,
    SERVER
  }

  List<TlsCase> cases() {
    List<TlsCase> cases = new ArrayList<>();
    for (TlsVersion version : TlsVersion.values()) {
      for (KeyType type : KeyType.values()) {
        if (version == TlsVersion.TLS_1_3 || NegotiationCases.usual(type)) {
          cases.add(
              new TlsCase(
                  version + ": " + type + " keys kept elsewhere", () -> keys(version, type)));
        }
      }
      for (String algorithm : List.of(HASHES, HASHES_NOT)) {
        cases.add(
            new TlsCase(
                version + ": a device that has " + algorithm + " alone",
                () -> little(version, algorithm)));
      }
      cases.add(
          new TlsCase(
              version + ": only the handshake asks who keeps the key", () -> nowhereElse(version)));
      for (Side side : Side.values()) {
        for (Mood mood : Mood.values()) {
          if (mood != Mood.GOOD) {
            cases.add(
                new TlsCase(
                    version + ": the " + side + "'s key, kept elsewhere, " + mood,
                    () -> trouble(version, side, mood)));
          }
        }
      }
    }
    return cases;
  }

  private static boolean can(TlsProvider provider, KeyType type) {
    var known = Both.capabilities(provider);
    return known.contains(Capability.REMOTE_KEYS)
        && known.contains(NegotiationCases.capability(type))
        && (type != KeyType.ED25519 || known.contains(Capability.REMOTE_KEYS_ED25519));
  }

  private void keys(TlsVersion version, KeyType type) throws Exception {
    try (RemoteKeys device = new RemoteKeys(() -> {})) {
      CertKey ofServer = device.keep(TestCertificates.server(type));
      CertKey ofClient = device.keep(TestCertificates.client(type));
      that("it is kept elsewhere", ofServer.isRemote() && ofClient.isRemote());
      int before = device.signatures();
      ClientTls asking = clientConfig(version).withCertificate(ofClient);
      ServerTls serving = serverConfig(version).withCertificate(ofServer);
      boolean asks = can(both.client(), type);
      boolean serves = can(both.server(), type);
      if (!asks) {
        refused(both.client(), () -> both.client().client(asking));
      }
      if (!serves) {
        refused(both.server(), () -> both.server().server(serving));
      }
      // The peer has to know such signatures.
      asks &= both.serverCan(NegotiationCases.capability(type));
      serves &= both.clientCan(NegotiationCases.capability(type));
      TlsContext client =
          both.client().client(asks ? asking : asking.withCertificate(TestCertificates.client()));
      TlsContext server =
          both.server()
              .server(
                  (serves ? serving : serverConfig(version))
                      .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots()));
      same("the client's context blocks", client.blocks(), asks);
      same("the server's context blocks", server.blocks(), serves);
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME).handshake()) {
        talks(pair);
      }
      same("signatures", device.signatures() - before, (asks ? 1 : 0) + (serves ? 1 : 0));
    }
  }

  /// Is enough for those who hand over messages, or digests; others tell at once.
  private void little(TlsVersion version, String algorithm) throws Exception {
    try (RemoteKeys device = new RemoteKeys(List.of(algorithm))) {
      CertKey kept = device.keep(TestCertificates.server());
      ServerTls config = serverConfig(version).withCertificate(kept);
      boolean enough =
          can(both.server(), kept.type())
              && switch (both.server().id()) {
                case "openssl", "s2n" -> algorithm.equals(HASHES_NOT);
                case "jsse" -> algorithm.equals(HASHES);
                default -> true;
              };
      if (!enough) {
        refused(both.server(), () -> both.server().server(config));
        return;
      }
      TlsContext client = both.client().client(clientConfig(version));
      TlsContext server = both.server().server(config);
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME).handshake()) {
        talks(pair);
      }
    }
  }

  /// Whoever drives a session lets [TlsSession#handshake] wait, and nothing else.
  private void nowhereElse(TlsVersion version) throws Exception {
    AtomicBoolean allowed = new AtomicBoolean(true);
    AtomicInteger elsewhere = new AtomicInteger();
    Runnable before = () -> elsewhere.addAndGet(allowed.get() ? 0 : 1);
    try (RemoteKeys device = new RemoteKeys(before)) {
      CertKey ofServer = TestCertificates.server();
      CertKey ofClient = TestCertificates.client();
      ServerTls serving =
          serverConfig(version)
              .withCertificate(
                  can(both.server(), ofServer.type()) ? device.keep(ofServer) : ofServer)
              .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots());
      ClientTls asking =
          clientConfig(version)
              .withCertificate(
                  can(both.client(), ofClient.type()) ? device.keep(ofClient) : ofClient);
      int loaded = device.signatures();
      try (TlsPair pair = both.pair(asking, serving)) {
        boolean complete = false;
        for (int round = 0; round < ROUNDS && !complete; round++) {
          complete = advanced(pair.client().session(), pair.server().session(), allowed);
          complete &= advanced(pair.server().session(), pair.client().session(), allowed);
        }
        that("the handshake is complete", complete);
      }
      same("signatures", device.signatures() - loaded, loaded);
      same("signatures outside of the handshake", elsewhere.get(), 0);
    }
  }

  /// Has one end take its part, and the other what it says.
  private static boolean advanced(TlsSession from, TlsSession to, AtomicBoolean allowed)
      throws TlsException {
    allowed.set(true);
    boolean complete = from.handshake();
    allowed.set(false);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment wire = arena.allocate(WIRE);
      int length = from.drain(wire, 0, WIRE);
      int at = 0;
      while (at < length) {
        int taken = to.feed(wire, at, length - at);
        that("octets are taken", taken > 0);
        at += taken;
      }
    }
    return complete;
  }

  /// The device fails once, then is mended: so is the context.
  private void trouble(TlsVersion version, Side side, Mood mood) throws Exception {
    TlsProvider troubled = side == Side.CLIENT ? both.client() : both.server();
    boolean own = !troubled.id().equals("jsse"); // there it is the JDK that signs
    if (!can(troubled, KeyType.EC_P256) || (mood == Mood.BREAKS && !own)) {
      return; // refused, see above
    }
    AtomicReference<Mood> now = new AtomicReference<>(Mood.GOOD);
    try (RemoteKeys device = new RemoteKeys(() -> before(now.get()), s -> after(now.get(), s))) {
      CertKey kept =
          device.keep(side == Side.CLIENT ? TestCertificates.client() : TestCertificates.server());
      ClientTls asking =
          clientConfig(version)
              .withCertificate(side == Side.CLIENT ? kept : TestCertificates.client());
      ServerTls serving =
          (side == Side.SERVER
                  ? serverConfig(version).withCertificate(kept)
                  : serverConfig(version))
              .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots());
      TlsContext client = both.client().client(asking);
      TlsContext server = both.server().server(serving);
      now.set(mood);
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME).pump()) {
        fails(pair, side, mood, kept);
      }
      now.set(Mood.GOOD);
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME).handshake()) {
        talks(pair);
      }
    }
  }

  private void fails(TlsPair pair, Side side, Mood mood, CertKey kept) {
    TlsEnd signs = side == Side.CLIENT ? pair.client() : pair.server();
    TlsEnd verifies = side == Side.CLIENT ? pair.server() : pair.client();
    that("the peer does not believe it", !verifies.isComplete());
    @Nullable TlsException failure = signs.failure();
    if (mood == Mood.SPOILS) {
      // Some look at what they send, the others leave it to the peer.
      that("one of them says so", failure != null || verifies.failure() != null);
      return;
    }
    String provider = (side == Side.CLIENT ? both.client() : both.server()).id();
    if (provider.equals("jsse")) {
      return; // it says what the device says, and sends whatever that gives
    }
    that("the failure is told: " + signs, failure != null);
    if (failure != null) {
      same("reason of " + failure, failure.reason(), TlsException.Reason.INTERNAL);
      String text = String.valueOf(failure.getMessage());
      that(text + " names " + kept, text.contains("the key of " + kept + " could not sign: "));
      that(text + " is one line", text.lines().count() == 1);
      that(text + " says why", mood != Mood.THROWS || text.contains(TROUBLE));
    }
  }

  private static void before(Mood mood) {
    if (mood == Mood.THROWS) {
      throw new ProviderException(TROUBLE + "\nand more");
    }
    if (mood == Mood.BREAKS) {
      throw new NoClassDefFoundError("com/example/Device");
    }
  }

  private static byte[] after(Mood mood, byte[] signature) {
    return switch (mood) {
      case GOOD, THROWS, BREAKS -> signature;
      case SPOILS -> {
        byte[] spoiled = signature.clone();
        spoiled[spoiled.length - 1] ^= 1;
        yield spoiled;
      }
      case SAYS_NOTHING -> new byte[0];
      case SAYS_TOO_MUCH -> new byte[100_000];
    };
  }
}
