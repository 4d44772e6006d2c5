// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Malloc;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsVersion;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers that say nonsense, or nothing more.
@NeedsLibrary
final class BadPeerTest {
  private long before;

  /// How a server comes to its session: by the ClientHello, or at once.
  private static List<ServerTls> servers(TlsVersion version) {
    ServerTls server = Ends.server(version);
    return List.of(server, server.withAlpn(List.of("h2"), false));
  }

  @BeforeEach
  void count() {
    before = Native.live();
  }

  @AfterEach
  void everySessionIsFreed() {
    assertThat(Native.live()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void endsWhereverTheTransportDoes(TlsVersion version) throws Exception {
    for (ServerTls config : servers(version)) {
      var server = Ends.context(config);
      var client = Ends.context(Ends.client().withAlpn(List.of("h2")));
      try (TlsPair whole = Ends.pair(client, server, "")) {
        whole.client().step();
        byte[] hello = whole.client().take();
        for (int cut = 0; cut < hello.length; cut++) {
          try (TlsPair pair = Ends.pair(client, server, "")) {
            pair.server().deliver(Arrays.copyOf(hello, cut));
            pair.server().endOfInput();
            assertThat(requireNonNull(pair.server().failure()).reason())
                .isEqualTo(Reason.TRUNCATED);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void clientsEndWhereverTheServerDoes(TlsVersion version) throws Exception {
    var server = Ends.context(Ends.server(version));
    var client = Ends.context(Ends.client());
    int cut = 0;
    boolean whole = false;
    while (!whole) {
      try (TlsPair pair = Ends.pair(client, server, "")) {
        pair.client().step();
        pair.server().deliver(pair.client().take());
        byte[] answer = pair.server().take();
        whole = cut >= answer.length;
        pair.client().deliver(Arrays.copyOf(answer, Math.min(cut, answer.length)));
        pair.client().endOfInput();
        assertThat(requireNonNull(pair.client().failure()).reason()).isEqualTo(Reason.TRUNCATED);
      }
      cut++;
    }
    assertThat(cut).isGreaterThan(500);
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void refusesAnyChangedOctetOfTheHandshake(TlsVersion version) throws Exception {
    var server = Ends.context(Ends.server(version).withAlpn(List.of("h2"), false));
    var client = Ends.context(Ends.client().withResumption(0));
    int at = 0;
    boolean whole = false;
    while (!whole) {
      try (TlsPair pair = Ends.pair(client, server, "")) {
        pair.client().step();
        pair.server().deliver(pair.client().take());
        byte[] answer = pair.server().take();
        // Signatures make answers a few octets longer or shorter.
        whole = at + 1 >= answer.length;
        Set<Integer> ignored = versions(answer);
        answer[Math.min(at, answer.length - 1)] ^= 1;
        pair.client().deliver(answer);
        pair.pump();
        pair.client().endOfInput();
        pair.server().endOfInput();
        if (!ignored.contains(at)) {
          assertThat(pair.client().failure()).as("octet " + at).isNotNull();
        }
      }
      at++;
    }
  }

  /// {@return where the versions in the headers of records are, which are to be ignored (RFC 8446
  /// §5.1)}
  private static Set<Integer> versions(byte[] records) {
    Set<Integer> versions = new HashSet<>();
    int at = 0;
    while (at + 5 <= records.length) {
      versions.addAll(List.of(at + 1, at + 2));
      at += 5 + (Byte.toUnsignedInt(records[at + 3]) << 8 | Byte.toUnsignedInt(records[at + 4]));
    }
    return versions;
  }

  @Test
  void refusesGarbageWithAnAlert() throws Exception {
    Random random = new Random(7);
    for (ServerTls config : servers(TlsVersion.TLS_1_3)) {
      var server = Ends.context(config);
      for (int i = 0; i < 500; i++) {
        byte[] garbage = new byte[1 + random.nextInt(70_000)];
        random.nextBytes(garbage);
        if ((i & 1) == 0) {
          garbage[0] = 22; // looks like a handshake
        }
        try (TlsPair pair = Ends.pair(Ends.context(Ends.client()), server, "")) {
          pair.server().deliver(garbage);
          pair.server().endOfInput();
          assertThat(pair.server().failure()).isNotNull();
        }
      }
    }
  }

  @Test
  void answersPlainHttpWithAnAlert() throws Exception {
    for (ServerTls config : servers(TlsVersion.TLS_1_3)) {
      try (TlsPair pair = Ends.pair(Ends.client(), config)) {
        pair.server()
            .deliver(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));

        var failure = requireNonNull(pair.server().failure());
        assertThat(failure.reason()).isEqualTo(Reason.HANDSHAKE);
        byte[] alert = pair.server().take();
        assertThat(alert).hasSize(7).startsWith(21, 3);
        assertThat(failure.alert()).isEqualTo(alert[6]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void refusesAChangedRecordButGivesWhatCameBefore(TlsVersion version) throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server(version)).handshake()) {
      pair.client().send(new byte[] {1, 2});
      byte[] good = pair.client().take();
      pair.client().send(new byte[] {3});
      byte[] bad = pair.client().take();
      bad[bad.length - 1] ^= 1;
      byte[] both = Arrays.copyOf(good, good.length + bad.length);
      System.arraycopy(bad, 0, both, good.length, bad.length);

      pair.server().deliver(both);

      assertThat(pair.server().received()).containsExactly(1, 2);
      var failure = requireNonNull(pair.server().failure());
      assertThat(failure.reason()).isEqualTo(Reason.HANDSHAKE);
      assertThat(failure.alert()).isEqualTo(20); // bad_record_mac
      pair.client().deliver(pair.server().take());
      assertThat(requireNonNull(pair.client().failure()).reason()).isEqualTo(Reason.ALERTED);
      assertThat(requireNonNull(pair.client().failure()).alert()).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void tellsAnEndFromACut(TlsVersion version) throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server(version)).handshake()) {
      pair.client().send(new byte[] {1});
      pair.client().closeNotify();
      pair.client().closeNotify();
      pair.pump();
      assertThat(pair.server().received()).containsExactly(1);
      assertThat(pair.server().isEnded()).isTrue();
      pair.server().endOfInput();
      assertThat(pair.server().failure()).isNull();

      pair.client().endOfInput();
      assertThat(requireNonNull(pair.client().failure()).reason()).isEqualTo(Reason.TRUNCATED);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 100})
  void takesAndGivesAnyPortions(int octets) throws Exception {
    byte[] content = new byte[40_000];
    new Random(3).nextBytes(content);
    for (ServerTls server : servers(TlsVersion.TLS_1_3)) {
      try (TlsPair pair = Ends.pair(Ends.client(), server).limit(octets).handshake()) {
        assertThat(pair.toServer(content)).isEqualTo(content);
        assertThat(pair.toClient(content)).isEqualTo(content);
      }
    }
  }

  @Test
  void noRenegotiation() throws Exception {
    try (TlsPair pair = Ends.pair(Ends.client(), Ends.server(TlsVersion.TLS_1_2)).handshake()) {
      // A new ClientHello in clear, where only protected records are due.
      try (TlsPair other = Ends.pair(Ends.client(), Ends.server())) {
        other.client().step();
        pair.server().deliver(other.client().take());
      }
      assertThat(requireNonNull(pair.server().failure()).reason()).isEqualTo(Reason.HANDSHAKE);
    }
  }

  @Test
  void keepsNoMemoryOfAbortedHandshakes() throws Exception {
    Malloc.growsLessThan(128 << 10, () -> abort(2_000));
  }

  @Test
  @Tag("long")
  void keepsNoMemoryOfAMillionAbortedHandshakes() throws Exception {
    Malloc.growsLessThan(512 << 10, () -> abort(200_000));
  }

  private static void abort(int times) throws Exception {
    var server = Ends.context(Ends.server().withAlpn(List.of("h2"), false));
    var client = Ends.context(Ends.client().withAlpn(List.of("h2")));
    for (int i = 0; i < times; i++) {
      try (TlsPair pair = Ends.pair(client, server, "")) {
        pair.client().step();
        byte[] hello = pair.client().take();
        pair.server().deliver(Arrays.copyOf(hello, i % (hello.length + 1)));
        byte[] answer = pair.server().take();
        pair.client().deliver(Arrays.copyOf(answer, i * 7 % (answer.length + 1)));
      }
    }
  }
}
