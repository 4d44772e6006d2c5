// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.http.ResponseHeader;
import dev.pingora.runtime.BufferBudget;
import dev.pingora.runtime.RequestThread;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections whose windows and limits allow them more memory than the server has, in frames
/// written and read by hand.
class Http2MemoryTest {
  private static final int ACK = 1;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PIECE_BYTES = 128;
  private static final long BUDGET = 4 << 20;

  /// :method GET or POST, :scheme http, :path /, :authority x (RFC 7541 §6.1, §6.2.2).
  private static final byte[] GET = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x01, 0x01, 'x'};

  private static final byte[] POST = {(byte) 0x83, (byte) 0x86, (byte) 0x84, 0x01, 0x01, 'x'};

  private static byte[] frame(int type, int flags, int stream, byte[] content) {
    return ByteBuffer.allocate(9 + content.length)
        .put((byte) (content.length >>> 16))
        .putShort((short) content.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(content)
        .array();
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private static byte[] initialWindow(int bytes) {
    return ByteBuffer.allocate(6).putShort((short) 4).putInt(bytes).array();
  }

  /// A server with little memory, and its clients.
  private record Rig(Server server, ListeningService service, List<Wire> clients)
      implements AutoCloseable {
    static Rig start(boolean stealing, long budget, HttpServerApp app) throws Exception {
      ServerConf conf = ServerConf.defaults().toBuilder().threads(1).workStealing(stealing).build();
      Limits limits = Limits.defaults().toBuilder().bufferedBytes(budget).build();
      Server server = Server.create(conf, limits);
      ListeningService service =
          ListeningService.http("rig", app).limits(limits).h2c(true).addTcp("127.0.0.1:0");
      server.addService(service);
      server.start();
      return new Rig(server, service, new ArrayList<>());
    }

    Wire connect(byte[] settings) {
      int port = ((InetSocketAddress) service.addresses().getFirst()).getPort();
      Wire client = ScriptedClient.tcp(port);
      clients.add(client);
      client.send(PREFACE);
      client.send(frame(SETTINGS, 0, 0, settings));
      // RFC 9113 §6.5.3: who does not acknowledge the server's within 10 s is given up.
      return client.send(frame(SETTINGS, ACK, 0, new byte[0]));
    }

    @Override
    public void close() {
      clients.forEach(Wire::close);
      server.shutdown(Shutdown.FAST);
      server.awaitEnd();
    }
  }

  /// Reads frames until these streams have ended, and counts the octets of their content.
  private static long awaitEnds(Wire client, Set<Integer> streams) {
    long octets = 0;
    while (!streams.isEmpty()) {
      ByteBuffer head = ByteBuffer.wrap(client.read(9));
      int length = (head.get() & 0xff) << 16 | head.getShort() & 0xffff;
      int type = head.get();
      int flags = head.get();
      byte[] content = client.read(length);
      assertThat(type)
          .as("RST_STREAM, GOAWAY: %s", java.util.HexFormat.of().formatHex(content))
          .isNotIn(3, 7);
      octets += type == DATA ? length : 0;
      if (type == DATA && length > 0) { // what it sends it may send again
        client.send(frame(WINDOW_UPDATE, 0, 0, number(length)));
      }
      if (type <= HEADERS && (flags & END_STREAM) != 0) {
        streams.remove(head.getInt());
      }
    }
    return octets;
  }

  private static Set<Integer> streams(int count) {
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i < count; i++) {
      ids.add(2 * i + 1);
    }
    return ids;
  }

  private static void pause(RequestThread thread) throws Exception {
    thread.await(thread.loop().deadlineIn(1_000_000));
  }

  /// Eight connections that send 1 MiB each to who takes nothing of it.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void contentThatNobodyTakesStaysInTheSockets(boolean stealing) throws Exception {
    List<Digest> digests = new ArrayList<>();
    AtomicReference<BufferBudget> budget = new AtomicReference<>();
    var go = new AtomicInteger();
    var taken = new AtomicLong();
    HttpServerApp app =
        session -> {
          budget.set(session.thread().loop().group().bufferBudget());
          synchronized (digests) {
            digests.add(session.digest());
          }
          while (go.get() == 0) {
            pause(session.thread());
          }
          taken.addAndGet(skipAll(session));
          session.sendResponse(ResponseHeader.of(200), true);
        };
    try (Rig rig = Rig.start(stealing, BUDGET, app)) {
      for (int i = 0; i < 8; i++) {
        var frames = new ByteArrayOutputStream();
        frames.writeBytes(frame(HEADERS, END_HEADERS, 1, POST));
        for (int k = 0; k < 64; k++) {
          frames.writeBytes(frame(DATA, k == 63 ? END_STREAM : 0, 1, new byte[16 << 10]));
        }
        Wire client = rig.connect(new byte[0]);
        client.send(frame(WINDOW_UPDATE, 0, 0, number(8 << 20)));
        Thread.ofVirtual().start(() -> client.send(frames.toByteArray()));
      }
      Eventually.holds("all have asked", () -> digests(digests).size() == 8);
      // The loop gets around many times: what it would read it has read.
      for (int i = 0; i < 50; i++) {
        rig.connect(new byte[0]).read(9);
      }
      assertThat(digests(digests).stream().mapToLong(Digest::bytesReceived).sum())
          .isLessThan(BUDGET);
      assertThat(budget.get().reserved()).isLessThan(BUDGET);
      go.set(1);
      for (int i = 0; i < 8; i++) {
        awaitEnds(rig.clients().get(i), streams(1));
      }
      assertThat(taken.get()).isEqualTo(8 << 20);
      rig.clients().forEach(Wire::close);
      Eventually.holds("nothing is held", () -> budget.get().share() > BUDGET / 2 / 16);
    }
  }

  private static List<Digest> digests(List<Digest> all) {
    synchronized (all) {
      return List.copyOf(all);
    }
  }

  private static long skipAll(DownstreamSession session) throws Exception {
    long skipped = 0;
    ContentSource content = session.requestContent();
    while (true) {
      switch (content.poll()) {
        case READY -> {
          skipped += content.length();
          content.skip();
        }
        case PENDING -> session.thread().await(RequestThread.NEVER);
        case ENDED -> {
          return skipped;
        }
      }
    }
  }

  /// Writes 200 KiB whenever there is room for a piece.
  private static void answer(DownstreamSession session, int pieceBytes, AtomicLong accepted)
      throws Exception {
    ContentSink sink = session.responseContent();
    for (int left = 200 << 10; left > 0; left -= pieceBytes) {
      while (!sink.hasRoom()) {
        sink.wantRoom();
        if (!sink.hasRoom()) {
          session.thread().await(RequestThread.NEVER);
        }
      }
      sink.write(ByteBuffer.allocate(pieceBytes));
      accepted.addAndGet(pieceBytes + PIECE_BYTES);
    }
    sink.end(null);
  }

  /// 200 streams with windows of nothing; then the windows open, and all goes its way.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void answersThatMayNotLeaveAreNotTakenIn(boolean stealing) throws Exception {
    var accepted = new AtomicLong();
    var asked = new AtomicInteger();
    HttpServerApp app =
        session -> {
          asked.incrementAndGet();
          session.sendResponse(ResponseHeader.of(200), false);
          answer(session, 4 << 10, accepted);
        };
    try (Rig rig = Rig.start(stealing, BUDGET, app)) {
      for (int i = 0; i < 10; i++) {
        requests(rig.connect(initialWindow(0)), 20);
      }
      Eventually.holds("all have asked", () -> asked.get() == 200);
      for (int i = 0; i < 50; i++) {
        rig.connect(new byte[0]).read(9);
      }
      assertThat(accepted.get()).isLessThan(BUDGET);
      for (int i = 0; i < 10; i++) {
        Wire client = rig.clients().get(i);
        client.send(frame(SETTINGS, 0, 0, initialWindow(1 << 20)));
        assertThat(awaitEnds(client, streams(20))).isEqualTo(20 * (200 << 10));
      }
    }
  }

  /// Streams that have little to say and wait for the same room: while one is told that there is
  /// some, another takes it, and then has nothing more to say.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoFindsTheRoomTakenIsToldAgain(boolean stealing) throws Exception {
    HttpServerApp app =
        session -> {
          session.sendResponse(ResponseHeader.of(200), false);
          ContentSink sink = session.responseContent();
          while (!sink.hasRoom()) {
            sink.wantRoom();
            if (!sink.hasRoom()) {
              session.thread().await(RequestThread.NEVER);
            }
          }
          sink.write(ByteBuffer.allocate(16 << 10));
          sink.end(null);
        };
    try (Rig rig = Rig.start(stealing, BUDGET / 4, app)) {
      Wire client = rig.connect(initialWindow(1 << 20));
      for (int round = 0; round < 200; round++) {
        var frames = new ByteArrayOutputStream();
        Set<Integer> ids = new HashSet<>();
        for (int i = 0; i < 50; i++) {
          int id = 2 * (round * 50 + i) + 1;
          ids.add(id);
          frames.writeBytes(frame(HEADERS, END_STREAM | END_HEADERS, id, GET));
        }
        client.send(frames.toByteArray());
        assertThat(awaitEnds(client, ids)).isEqualTo(50 * (16 << 10));
      }
    }
  }

  private static void requests(Wire client, int count) {
    var frames = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      frames.writeBytes(frame(HEADERS, END_STREAM | END_HEADERS, 2 * i + 1, GET));
    }
    client.send(frames.toByteArray());
  }

  /// A piece costs more than its octet.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tinyPiecesCountWithWhatTheyCost(boolean stealing) throws Exception {
    var accepted = new AtomicLong();
    var asked = new AtomicInteger();
    var pieces = new AtomicInteger();
    HttpServerApp app =
        session -> {
          session.sendResponse(ResponseHeader.of(200), false);
          ContentSink sink = session.responseContent();
          while (sink.hasRoom() && pieces.get() < 100_000) {
            sink.write(ByteBuffer.allocate(1));
            pieces.incrementAndGet();
          }
          asked.incrementAndGet();
          answer(session, 1 << 10, accepted);
        };
    try (Rig rig = Rig.start(stealing, 256 << 20, app)) {
      Wire client = rig.connect(initialWindow(0));
      requests(client, 1);
      Eventually.holds("no more room", () -> asked.get() == 1);
      assertThat(pieces.get()).isLessThanOrEqualTo(64 * 1024 / PIECE_BYTES);
      client.send(frame(SETTINGS, 0, 0, initialWindow(1 << 20)));
      assertThat(awaitEnds(client, streams(1))).isEqualTo((200 << 10) + pieces.get());
    }
  }

  /// Header sections of responses cannot wait for room: who reads none of them has to go.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connectionThatReadsNoAnswersEnds(boolean stealing) throws Exception {
    String value = "~".repeat(48 << 10);
    HttpServerApp app =
        session -> session.sendResponse(ResponseHeader.of(200).set("X-Large", value), true);
    try (Rig rig = Rig.start(stealing, BUDGET, app)) {
      Wire client = rig.connect(new byte[0]);
      requests(client, 120);
      Eventually.holds("it has asked", () -> rig.service().connectionCount() == 1);
      client.skipToGone();
      assertThat(client.received().length()).isLessThan(120 * value.length());
    }
  }
}
