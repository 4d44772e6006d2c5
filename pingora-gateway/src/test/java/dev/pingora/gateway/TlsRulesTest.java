// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `-t` tells with the place what the chosen TLS library cannot do, by every library that is here:
/// what each says of itself decides what is expected.
class TlsRulesTest {
  @TempDir private Path folder;

  static List<String> providers() {
    return TlsEndToEndTest.providers();
  }

  @BeforeEach
  void writeFiles() throws IOException {
    write("good", TestCertificates.server());
    write("ed25519", TestCertificates.server(KeyType.ED25519));
    write("client", TestCertificates.client(KeyType.ED25519));
    Files.write(folder.resolve("tickets"), new byte[TicketKeys.KEY_BYTES]);
  }

  private void write(String name, CertKey key) throws IOException {
    Files.writeString(folder.resolve(name + ".pem"), TestCertificates.chainPem(key));
    Files.writeString(folder.resolve(name + ".key"), TestCertificates.keyPem(key));
  }

  private static boolean can(String provider, Capability capability) throws TlsException {
    TlsProvider found = TlsProviders.installed().find(provider);
    return found.availability() instanceof Availability.Available here
        && here.capabilities().contains(capability);
  }

  /// {@return what `-t` says of a listener, whose `tls:` is line 3, and an upstream's, line 5}
  private List<String> told(String listener, String upstream) throws IOException {
    String text =
        """
        listeners:
          - address: 127.0.0.1:0
            tls: { %s }
        upstreams:
          app: { servers: ["127.0.0.1:9000"], tls: { %s } }
        routes:
          - upstream: app
        """
            .formatted(listener, upstream)
            .replace("DIR", folder.toString());
    Path file = Files.writeString(folder.resolve("gateway.yaml"), text);
    CommandLine.Said said = CommandLine.run("-t", "-c", file.toString());
    List<String> lines = said.err().lines().toList();
    assertThat(said.exit()).as(said.err()).isEqualTo(lines.isEmpty() ? 0 : 1);
    return lines.stream().map(line -> line.replace(folder + "/", "")).toList();
  }

  private static final String GOOD = "{ cert: DIR/good.pem, key: DIR/good.key }";
  private static final String ED25519 = "{ cert: DIR/ed25519.pem, key: DIR/ed25519.key }";

  private static void assertTold(List<String> told, boolean can, String place) {
    if (can) {
      assertThat(told).noneMatch(line -> line.startsWith(place));
    } else {
      assertThat(told).filteredOn(line -> line.startsWith(place)).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void tellsWhatTheLibraryOfAListenerCannotDo(String provider) throws Exception {
    List<String> told =
        told(
            "provider: %s, certificates: [%s, %s], tickets: { keys: DIR/tickets }, keylog: true"
                .formatted(provider, GOOD, ED25519),
            "provider: jsse");
    boolean tickets = can(provider, Capability.TICKET_KEYS);
    boolean keyLog = can(provider, Capability.KEY_LOG);
    boolean ed25519 = can(provider, Capability.KEY_ED25519);
    assertTold(told, tickets, "gateway.yaml:3: listeners[0].tls.tickets.keys: ");
    assertTold(told, keyLog, "gateway.yaml:3: listeners[0].tls.keylog: ");
    assertTold(told, ed25519, "gateway.yaml:3: listeners[0].tls.certificates[1]: ");
    assertThat(told).hasSize((tickets ? 0 : 1) + (keyLog ? 0 : 1) + (ed25519 ? 0 : 1));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void tellsWhatTheLibraryOfAnUpstreamCannotDo(String provider) throws Exception {
    List<String> told =
        told(
            "certificates: [%s]".formatted(GOOD),
            ("provider: %s, curves: [secp384r1],"
                    + " client_cert: DIR/client.pem, client_key: DIR/client.key")
                .formatted(provider));
    boolean groups = can(provider, Capability.CHOOSE_GROUPS);
    boolean ed25519 = can(provider, Capability.KEY_ED25519);
    assertTold(told, groups, "gateway.yaml:5: upstreams.app.tls.curves: ");
    assertTold(told, ed25519, "gateway.yaml:5: upstreams.app.tls.client_cert: ");
    assertThat(told).hasSize((groups ? 0 : 1) + (ed25519 ? 0 : 1));
  }

  @Test
  void tellsItOfTheJdkAsExpected() throws Exception {
    assertThat(
            told(
                "provider: jsse, certificates: [%s], tickets: { keys: DIR/tickets }, keylog: true"
                    .formatted(GOOD),
                "provider: jsse"))
        .containsExactlyInAnyOrder(
            "gateway.yaml:3: listeners[0].tls.tickets.keys: "
                + "jsse cannot share ticket keys (tickets)",
            "gateway.yaml:3: listeners[0].tls.keylog: jsse cannot tell its secrets (keyLog)");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void tellsWhoCannotShareTicketKeysBesideClientCertificates(String provider) throws Exception {
    List<String> told =
        told(
            ("provider: %s, certificates: [%s], tickets: { keys: DIR/tickets },"
                    + " client_auth: { mode: optional, ca: DIR/client.pem }")
                .formatted(provider, GOOD),
            "provider: jsse");
    boolean able =
        can(provider, Capability.TICKET_KEYS) && can(provider, Capability.CLIENT_RESUMPTION);
    assertTold(told, able, "gateway.yaml:3: listeners[0].tls.tickets.keys: ");
    assertThat(told).hasSize(able ? 0 : 1);
  }

  @Test
  void tellsWhatTheLibraryThatAutoTakesCannotDo() throws Exception {
    boolean can = can(TlsProviders.AUTO, Capability.KEY_ED25519);
    List<String> told =
        told(
            "certificates: [%s]".formatted(ED25519),
            "client_cert: DIR/client.pem, client_key: DIR/client.key");
    assertTold(told, can, "gateway.yaml:3: listeners[0].tls.certificates[0]: ");
    assertTold(told, can, "gateway.yaml:5: upstreams.app.tls.client_cert: ");
  }

  @Test
  void aPlainBlockIsFine() throws Exception {
    assertThat(told("certificates: [%s]".formatted(GOOD), "verify: false")).isEmpty();
  }
}
