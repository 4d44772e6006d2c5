// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static dev.pingora.testkit.tls.Both.arrived;
import static dev.pingora.testkit.tls.Both.clientConfig;
import static dev.pingora.testkit.tls.Both.failed;
import static dev.pingora.testkit.tls.Both.same;
import static dev.pingora.testkit.tls.Both.serverConfig;
import static dev.pingora.testkit.tls.Both.talks;
import static dev.pingora.testkit.tls.Both.that;

import dev.pingora.tls.Capability;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsVersion;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// What happens on the way, and when it ends.
record TransportCases(Both both) {
  private static final int BIG = 8 << 20;
  private static final int BAD_RECORD_MAC = 20;

  List<TlsCase> cases() {
    List<TlsCase> cases = new ArrayList<>();
    for (TlsVersion version : TlsVersion.values()) {
      add(cases, version, "8 MiB both ways", this::big);
      for (int limit : new int[] {1, 7, 1000}) {
        add(cases, version, limit + " octets at a time", same -> limited(same, limit));
      }
      add(cases, version, "many small writes arrive in order", this::small);
      add(cases, version, "close_notify ends one direction after all content", this::close);
      add(cases, version, "close_notify is said once", this::closeOnce);
      add(cases, version, "an end without close_notify is TRUNCATED", this::truncated);
      add(cases, version, "a handshake may end at any octet", this::aborted);
      add(cases, version, "a changed octet is found", this::changed);
      add(cases, version, "a record too long is refused", this::oversized);
      add(cases, version, "closed in the middle of a handshake", this::closedEarly);
    }
    add(cases, TlsVersion.TLS_1_3, "the other direction goes on", this::halfClosed);
    cases.add(new TlsCase("no server takes HTTP for TLS", this::plainHttp));
    cases.add(new TlsCase("no side is upset by garbage", this::garbage));
    return cases;
  }

  @FunctionalInterface
  private interface OfVersion {
    void run(TlsVersion version) throws Exception;
  }

  private static void add(List<TlsCase> cases, TlsVersion version, String claim, OfVersion check) {
    cases.add(new TlsCase(version + ": " + claim, () -> check.run(version)));
  }

  private TlsPair connected(TlsVersion version) throws TlsException {
    return both.connected(clientConfig(version), serverConfig(version));
  }

  private static byte[] random(int length) {
    byte[] octets = new byte[length];
    new Random(length).nextBytes(octets);
    return octets;
  }

  private void big(TlsVersion version) throws Exception {
    byte[] content = random(BIG);
    try (TlsPair pair = connected(version)) {
      arrived("server", pair.toServer(content), content);
      arrived("client", pair.toClient(content), content);
      talks(pair);
    }
  }

  private void limited(TlsVersion version, int limit) throws Exception {
    byte[] content = random(50 * limit);
    try (TlsPair pair =
        both.pair(clientConfig(version), serverConfig(version)).limit(limit).handshake()) {
      arrived("server", pair.toServer(content), content);
      arrived("client", pair.toClient(content), content);
    }
  }

  private void small(TlsVersion version) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (TlsPair pair = connected(version)) {
      for (int i = 1; i < 200; i++) {
        byte[] content = random(i);
        all.writeBytes(content);
        pair.client().send(content);
      }
      pair.pump();
      arrived("server", pair.server().received(), all.toByteArray());
    }
  }

  private void close(TlsVersion version) throws Exception {
    byte[] content = random(40_000);
    try (TlsPair pair = connected(version)) {
      pair.client().send(content);
      pair.client().closeNotify();
      pair.pump();
      arrived("server", pair.server().received(), content);
      that("the server knows the end", pair.server().isEnded());
      pair.server().endOfInput();
      pair.server().closeNotify();
      pair.pump();
      that("the client knows the end", pair.client().isEnded());
      pair.client().endOfInput();
      same("failure", pair.failure(), null);
    }
  }

  private void halfClosed(TlsVersion version) throws Exception {
    byte[] content = random(40_000);
    try (TlsPair pair = connected(version)) {
      pair.client().closeNotify();
      pair.pump();
      that("the server knows the end", pair.server().isEnded());
      arrived("client", pair.toClient(content), content);
      that("the client does not see an end", !pair.client().isEnded());
    }
  }

  private void closeOnce(TlsVersion version) throws Exception {
    try (TlsPair pair = connected(version)) {
      pair.client().closeNotify();
      that("something is said", pair.client().take().length > 0);
      pair.client().closeNotify();
      same("octets said again", pair.client().take().length, 0);
    }
  }

  private void truncated(TlsVersion version) throws Exception {
    try (TlsPair pair = connected(version)) {
      byte[] content = random(100);
      pair.client().send(content);
      byte[] sent = pair.client().take();
      pair.server().deliver(Arrays.copyOf(sent, sent.length - 1));
      pair.server().endOfInput();
      failed(pair.server(), Reason.TRUNCATED);
      arrived("server", pair.server().received(), new byte[0]);
      pair.client().endOfInput();
      failed(pair.client(), Reason.TRUNCATED);
    }
  }

  /// Each octet of the ClientHello, and every 13th of the flights after it.
  private void aborted(TlsVersion version) throws Exception {
    TlsContext client = both.client().client(clientConfig(version).withResumption(0));
    TlsContext server = both.server().server(serverConfig(version));
    int hello = aborted(client, server, 1, 0);
    that("a ClientHello is longer than 100 octets", hello > 100);
    for (int cut = 1; cut < hello; cut++) {
      aborted(client, server, 1, cut);
    }
    for (int flight = 2; flight <= (version == TlsVersion.TLS_1_2 ? 4 : 3); flight++) {
      int length = aborted(client, server, flight, 0);
      for (int cut = 0; cut < length; cut += 13) {
        aborted(client, server, flight, cut);
      }
    }
  }

  /// {@return how long that flight was}
  private static int aborted(TlsContext client, TlsContext server, int flight, int cut)
      throws TlsException {
    try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME)) {
      TlsEnd from = pair.client();
      TlsEnd to = pair.server();
      from.step();
      to.step();
      for (int i = 1; i < flight; i++) {
        to.deliver(from.take());
        TlsEnd next = to;
        to = from;
        from = next;
      }
      byte[] octets = from.take();
      to.deliver(Arrays.copyOf(octets, Math.min(cut, octets.length)));
      if (to.isComplete()) {
        return cut; // what is left are tickets
      }
      to.endOfInput();
      failed(to, Reason.TRUNCATED);
      from.endOfInput();
      failed(from, Reason.TRUNCATED);
      return octets.length;
    }
  }

  private void changed(TlsVersion version) throws Exception {
    try (TlsPair pair = connected(version)) {
      pair.client().send(random(1000));
      byte[] sent = pair.client().take();
      sent[sent.length - 1] ^= 1;
      pair.server().deliver(sent);
      failed(pair.server(), Reason.HANDSHAKE);
      arrived("server", pair.server().received(), new byte[0]);
      pair.pump();
      if (!both.serverCan(Capability.BLINDING)) {
        same("alert", failed(pair.client(), Reason.ALERTED).alert(), BAD_RECORD_MAC);
      }
    }
  }

  private void oversized(TlsVersion version) throws Exception {
    try (TlsPair pair = connected(version)) {
      byte[] record = new byte[5 + 20_000];
      record[0] = 23;
      record[1] = 3;
      record[2] = 3;
      record[3] = (byte) (20_000 >> 8);
      record[4] = (byte) 20_000;
      pair.server().deliver(record);
      failed(pair.server(), Reason.HANDSHAKE);
    }
  }

  private void closedEarly(TlsVersion version) throws Exception {
    try (TlsPair pair = both.pair(clientConfig(version), serverConfig(version))) {
      pair.client().step();
      byte[] hello = pair.client().take();
      pair.client().closeNotify();
      pair.server().deliver(hello);
      pair.server().deliver(pair.client().take());
      pair.server().endOfInput();
      that("the server gives up: " + pair, pair.server().failure() != null);
    }
  }

  private void plainHttp() throws Exception {
    byte[] request =
        "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try (TlsPair pair =
        both.pair(clientConfig(TlsVersion.TLS_1_3), serverConfig(TlsVersion.TLS_1_3))) {
      pair.server().deliver(request);
      failed(pair.server(), Reason.HANDSHAKE);
      pair.client().step();
      pair.client().deliver("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      failed(pair.client(), Reason.HANDSHAKE);
    }
  }

  private void garbage() throws Exception {
    TlsContext client = both.client().client(clientConfig(TlsVersion.TLS_1_3));
    TlsContext server = both.server().server(serverConfig(TlsVersion.TLS_1_3));
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      byte[] octets = new byte[1 + random.nextInt(600)];
      random.nextBytes(octets);
      if (round % 2 == 0 && octets.length > 5) { // at least the look of a record
        octets[0] = (byte) (20 + random.nextInt(4));
        octets[1] = 3;
        octets[2] = (byte) random.nextInt(4);
        octets[3] = 0;
        octets[4] = (byte) (octets.length - 5);
      }
      try (TlsPair pair = TlsPair.of(client, server, TestCertificates.NAME)) {
        for (TlsEnd end : List.of(pair.client(), pair.server())) {
          end.step();
          end.deliver(octets);
          end.endOfInput();
          failed(end, Reason.HANDSHAKE, Reason.ALERTED, Reason.TRUNCATED);
        }
      }
    }
  }
}
