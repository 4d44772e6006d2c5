// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ErrorKind;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.ScriptedServer;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.Wire;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsEnd;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Peers that leave in the middle of a handshake, politely or not, after each of their flights: by
/// every library that is here, told as what it is, with nothing waited for or tried again.
///
/// The peer is a session of the JDK's library in the hands of the test.
final class BrokenHandshakesTest {
  /// Much less than a handshake may take: who leaves is not waited for.
  private static final Duration SOON = Duration.ofSeconds(5);

  private static final TlsProvider PEERS = peers();
  private static final byte[] CLOSE_NOTIFY = {21, 3, 3, 0, 2, 1, 0};
  private static final byte[] FAILURE = {21, 3, 3, 0, 2, 2, 40};
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir private Path folder;
  private final LogLines lines = LogLines.from(Level.FINE);

  /// How a peer leaves.
  private enum Farewell {
    /// As its library says it, encrypted when the keys are there.
    CLOSE_NOTIFY,
    CLOSE_NOTIFY_IN_CLEAR,
    FATAL_ALERT_IN_CLEAR,
    END,
    RESET;

    void say(Wire wire, TlsEnd end) {
      switch (this) {
        case CLOSE_NOTIFY -> {
          end.closeNotify();
          byte[] said = end.take();
          if (said.length == 0) {
            wire.halfClose(); // there is nobody yet to say it to
          } else {
            wire.send(said);
          }
        }
        case CLOSE_NOTIFY_IN_CLEAR -> wire.send(BrokenHandshakesTest.CLOSE_NOTIFY);
        case FATAL_ALERT_IN_CLEAR -> wire.send(FAILURE);
        case END -> wire.halfClose();
        case RESET -> wire.reset();
      }
    }
  }

  static List<String> providers() {
    return TlsEndToEndTest.providers();
  }

  private static TlsProvider peers() {
    try {
      return TlsProviders.installed().find("jsse");
    } catch (TlsException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void listen() throws IOException {
    Files.writeString(
        folder.resolve("cert.pem"), TestCertificates.chainPem(TestCertificates.server()));
    Files.writeString(
        folder.resolve("cert.key"), TestCertificates.keyPem(TestCertificates.server()));
  }

  @AfterEach
  void stopListening() {
    lines.close();
  }

  private static TlsProfile only(TlsVersion version) {
    return TlsProfile.INTERMEDIATE_5_7.withVersions(version, version);
  }

  private static TlsEnd client(TlsVersion version) throws TlsException {
    ClientTls config =
        ClientTls.standard()
            .withProfile(only(version))
            .withVerify(Verify.CHAIN, TestCertificates.roots());
    ServerId server = new ServerId(TestCertificates.NAME, "");
    return TlsEnd.of("client", PEERS.client(config).session(server));
  }

  private static TlsEnd server(TlsVersion version) throws TlsException {
    ServerTls config = ServerTls.of(TestCertificates.server()).withProfile(only(version));
    return TlsEnd.of("server", PEERS.server(config).session(ServerId.NONE));
  }

  /// Reads what the other side says until this side has something to say.
  private static byte[] answer(Wire wire, TlsEnd end) {
    byte[] said = end.take();
    while (said.length == 0) {
      assertThat(end.failure()).isNull();
      byte[] header = wire.read(5);
      byte[] content = wire.read((header[3] & 0xff) << 8 | header[4] & 0xff);
      byte[] octets = Arrays.copyOf(header, 5 + content.length);
      System.arraycopy(content, 0, octets, 5, content.length);
      end.deliver(octets);
      said = end.take();
    }
    return said;
  }

  /// {@return the first record}
  private static byte[] firstRecord(byte[] flight) {
    return Arrays.copyOf(flight, 5 + ((flight[3] & 0xff) << 8 | flight[4] & 0xff));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void clientsThatLeaveAreGone(String provider) throws Exception {
    String conf =
        """
        threads: 1
        listeners:
          - address: 127.0.0.1:0
            tls: { provider: %s, certificates: [{ cert: "%s", key: "%s" }] }
        routes:
          - respond: { status: 200, body: "served" }
        """
            .formatted(provider, folder.resolve("cert.pem"), folder.resolve("cert.key"));
    try (GatewayRig rig = GatewayRig.start(conf)) {
      for (TlsVersion version : TlsVersion.values()) {
        for (Farewell farewell : Farewell.values()) {
          for (int flights = 0; flights < 3; flights++) {
            leave(rig, version, farewell, flights);
          }
        }
      }
      String url = "https://127.0.0.1:" + rig.port() + "/";
      assertThat(Tool.run("curl", "-sSk", url).orFail().out()).isEqualTo("served");
    }
    assertThat(lines.of("WARNING")).isEmpty();
    assertThat(lines.of("SEVERE")).isEmpty();
  }

  /// @param flights 0: nothing is said before; 1: a ClientHello; 2: that, and the server's answer
  ///   is read
  private void leave(GatewayRig rig, TlsVersion version, Farewell farewell, int flights)
      throws Exception {
    lines.clear();
    String what = version + " " + farewell + " " + flights;
    try (TlsEnd end = client(version);
        Wire wire = rig.connect().within(SOON)) {
      if (flights > 0) {
        end.step();
        wire.send(end.take());
      }
      if (flights > 1) {
        answer(wire, end); // which is never sent
      }
      farewell.say(wire, end);
      if (farewell != Farewell.RESET) {
        wire.skipToGone();
      }
    }
    Eventually.holds(what + " is told", () -> !lines.of("no TLS with").isEmpty());
    String gone = "Downstream " + ErrorKind.CONNECTION_CLOSED;
    String failed = "Downstream " + ErrorKind.TLS_HANDSHAKE_FAILURE;
    String told = lines.of("no TLS with").getFirst();
    switch (farewell) {
      case CLOSE_NOTIFY_IN_CLEAR, END, RESET -> assertThat(told).as(what).contains(gone);
      case FATAL_ALERT_IN_CLEAR -> assertThat(told).as(what).contains(failed);
      // The peer's library may encrypt it for keys that we cannot have yet.
      case CLOSE_NOTIFY -> assertThat(told).as(what).containsAnyOf(gone, failed);
    }
  }

  /// What an upstream does.
  ///
  /// @param flights 0: nothing is said before; 1: the ClientHello is read; 2: the first record of
  ///   the answer is sent; 3: all of it, and the client's second flight is read
  private record Leaving(TlsVersion version, Farewell farewell, int flights)
      implements ScriptedServer.Script {
    @Override
    public void play(Wire wire) throws Exception {
      wire.within(SOON);
      try (TlsEnd end = server(version)) {
        if (flights > 0) {
          byte[] flight = answer(wire, end);
          wire.send(flights == 1 ? new byte[0] : flights == 2 ? firstRecord(flight) : flight);
        }
        if (flights == 3) {
          answer(wire, end); // which is never sent
        }
        farewell.say(wire, end);
        if (farewell != Farewell.RESET) {
          wire.skipToGone();
        }
      }
    }

    static List<Leaving> all() {
      List<Leaving> all = new ArrayList<>();
      for (Farewell farewell : Farewell.values()) {
        for (int flights = 0; flights < 4; flights++) {
          all.add(new Leaving(TlsVersion.TLS_1_2, farewell, flights));
          if (flights < 3) { // else the client is done: the server has but one flight
            all.add(new Leaving(TlsVersion.TLS_1_3, farewell, flights));
          }
        }
      }
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void upstreamsThatLeaveAreNotAskedAgain(String provider) throws Exception {
    List<Leaving> all = Leaving.all();
    ScriptedServer.Builder scripts = ScriptedServer.builder();
    all.forEach(scripts::next);
    try (ScriptedServer origin = scripts.tcp();
        GatewayRig front = GatewayRig.with(upstream(provider, origin.port()));
        Wire client = ScriptedClient.tcp(front.port()).within(SOON)) {
      int asked = 0;
      for (Leaving leaving : all) {
        client.send(REQUEST);
        assertThat(client.readResponse().status()).as("%s", leaving).isEqualTo(502);
        assertThat(origin.accepted()).as("%s", leaving).isEqualTo(++asked);
      }
      origin.awaitScripts();
    }
  }

  private static String upstream(String provider, int port) {
    return """
    upstreams:
      app:
        servers: ["127.0.0.1:%d"]
        tls: { provider: %s, verify: false }
    routes:
      - { upstream: app, retry: { attempts: 2, on: [reset_before_response] } }
    """
        .formatted(port, provider);
  }
}
