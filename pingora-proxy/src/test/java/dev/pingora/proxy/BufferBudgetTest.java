// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Limits;
import dev.pingora.testkit.Events;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `limits: buffered_bytes`: slow readers cannot take more memory than there is to give, and
/// whoever comes meanwhile is told so.
final class BufferBudgetTest {
  private static final int READERS = 8;
  private static final int EARLY = 4;
  private static final long CONTENT = 64L << 20;

  /// A head of some 60 KiB, which a server may have to keep for as long as the client likes.
  private static String largeHead(String path, String end) {
    StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 60; i++) {
      head.append("X-").append(i).append(": ").repeat('a', 1000).append("\r\n");
    }
    return head.append(end).toString();
  }

  /// 10,000 connections with a header section of 64 KiB each would be 640 MB of heap.
  @ParameterizedTest
  @EnumSource
  void largeHeadsThatNeverEndLeaveRoomForOthers(ProxyRig.Flavour flavour) throws Exception {
    Limits limits = Limits.defaults().toBuilder().bufferedBytes(4 << 20).build();
    try (TestOrigin origin = TestOrigin.start();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()), limits)) {
      List<Wire> hoarders = hoard(rig, 100, largeHead("/", ""));
      assertThat(hoarders.getLast().readResponse().status()).isEqualTo(503);
      assertThat(rig.status(RawHttp.get("/"))).as("a small head").isEqualTo(200);
      hoarders.forEach(Wire::reset);
      Eventually.holds("it was given back", () -> rig.status(largeHead("/", "\r\n")) == 200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void largeHeadsOfWaitingRequestsLeaveRoomForOthers(ProxyRig.Flavour flavour) throws Exception {
    Limits limits = Limits.defaults().toBuilder().bufferedBytes(16 << 20).build();
    Gate answer = new Gate("the origin may answer");
    try (TestOrigin origin =
            TestOrigin.start(exchange -> {
              if (exchange.target().equals("/slow")) {
                answer.await();
              }
              exchange.respond(200, "");
            });
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()), limits)) {
      List<Wire> waiting = hoard(rig, 250, largeHead("/slow", "\r\n"));
      assertThat(waiting.getLast().readResponse().status()).isEqualTo(503);
      assertThat(rig.status(RawHttp.get("/"))).as("a small head").isEqualTo(200);
      answer.open();
      assertThat(waiting.getFirst().readResponse().status()).isEqualTo(200);
      Eventually.holds("it was given back", () -> rig.status(largeHead("/", "\r\n")) == 200);
    }
  }

  private static List<Wire> hoard(ProxyRig rig, int count, String sent) {
    List<Wire> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(rig.connect().send(sent));
    }
    return clients;
  }

  /// They were let in while there were buffers; those whose responses find none must not wait until
  /// a read timeout says that the upstream is slow, which it is not.
  @ParameterizedTest
  @EnumSource
  void responsesThatFindNoBufferAreRefusedSoon(ProxyRig.Flavour flavour) throws Exception {
    Limits limits = Limits.defaults().toBuilder().bufferedBytes(1 << 20).build();
    Gate answer = new Gate("the origin may answer");
    Events<String> asked = new Events<>();
    try (TestOrigin origin =
            TestOrigin.start(exchange -> {
              asked.add(exchange.target());
              answer.await();
              TestOrigin.standard(exchange);
            });
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()), limits)) {
      List<Wire> readers = hoard(rig, EARLY, RawHttp.get("/bytes/" + CONTENT));
      List<Wire> early = hoard(rig, EARLY, RawHttp.get("/"));
      asked.await(2 * EARLY);
      answer.open();
      for (Wire client : early) {
        assertThat(client.readResponse().status()).isIn(200, 503);
      }
      readers.forEach(Wire::reset);
    }
  }

  private static List<Wire> readers(ProxyRig rig) {
    List<Wire> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      readers.add(rig.connect().send(RawHttp.get("/bytes/" + CONTENT)));
    }
    return readers;
  }

  @ParameterizedTest
  @EnumSource
  void answers503WhileAllBuffersAreInUse(ProxyRig.Flavour flavour) throws Exception {
    Limits limits = Limits.defaults().toBuilder().bufferedBytes(1 << 20).build();
    try (TestOrigin origin = TestOrigin.start();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()), limits)) {
      List<Wire> readers = readers(rig);
      Eventually.holds("a late client gets 503", () -> rig.status(RawHttp.get("/")) == 503);
      readers.forEach(Wire::reset);
      Eventually.holds("buffers are free again", () -> rig.status(RawHttp.get("/")) == 200);
    }
  }
}
