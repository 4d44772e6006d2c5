// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.listeners.ListenerConfig;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.server.SocketOptions;
import dev.pingora.core.services.ListeningService;
import dev.pingora.http.ResponseHeader;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An HTTP/2 connection whose client does not read as fast as the server answers, in frames written
/// and read by hand.
class Http2OutputTest {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  /// :method GET, :scheme http, :path /, :authority x (RFC 7541 §6.1, §6.2.2).
  private static final byte[] REQUEST = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x01, 0x01, 'x'};

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

  private static void requests(Wire client, int from, int to) {
    var frames = new ByteArrayOutputStream();
    for (int i = from; i < to; i++) {
      frames.writeBytes(frame(HEADERS, END_STREAM | END_HEADERS, 2 * i + 1, REQUEST));
    }
    client.send(frames.toByteArray());
  }

  /// Reads frames until so many responses have ended.
  private static void awaitResponses(Wire client, int count) {
    for (int ended = 0; ended < count; ) {
      ByteBuffer head = ByteBuffer.wrap(client.read(9));
      int length = (head.get() & 0xff) << 16 | head.getShort() & 0xffff;
      int type = head.get();
      int flags = head.get();
      assertThat(type).as("RST_STREAM, GOAWAY").isNotIn(3, 7);
      client.skip(length);
      // The content is empty: END_STREAM comes with HEADERS.
      ended += type == HEADERS && (flags & END_STREAM) != 0 ? 1 : 0;
    }
  }

  private static Server serve(boolean stealing, Limits limits, ListeningService service)
      throws Exception {
    ServerConf conf = ServerConf.defaults().toBuilder().threads(1).workStealing(stealing).build();
    Server server = Server.create(conf, limits);
    server.addService(service.limits(limits).h2c(true));
    server.start();
    return server;
  }

  private static Wire connect(ListeningService service) {
    Wire client =
        ScriptedClient.tcp(((InetSocketAddress) service.addresses().getFirst()).getPort());
    client.send(PREFACE);
    return client.send(frame(SETTINGS, 0, 0, new byte[0]));
  }

  private static void stop(Server server) {
    server.shutdown(Shutdown.FAST);
    server.awaitEnd();
  }

  /// Some 6 MiB of header sections: more than sockets and output take.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manyLargeHeaderSectionsWaitForAClientThatReadsLate(boolean stealing) throws Exception {
    byte[] noise = new byte[48 << 10];
    var random = new SplittableRandom(7);
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (byte) random.nextInt('!', 0x7f);
    }
    String value = new String(noise, java.nio.charset.StandardCharsets.ISO_8859_1);
    var answered = new AtomicInteger();
    ListeningService service =
        ListeningService.http(
                "large",
                session -> {
                  session.sendResponse(ResponseHeader.of(200).set("X-Noise", value), true);
                  answered.incrementAndGet();
                })
            .addListener(
                ListenerConfig.tcp("127.0.0.1:0")
                    .withSocket(SocketOptions.builder().sendBufferBytes(64 << 10).build()));
    Server server = serve(stealing, Limits.defaults(), service);
    try (Wire client = connect(service)) {
      requests(client, 0, 120);
      Eventually.holds("all are answered", () -> answered.get() == 120);
      awaitResponses(client, 120);
    } finally {
      stop(server);
    }
  }

  /// Every answer leaves by itself: the client waits for it before it asks again.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manySmallAnswersFitWhateverTheFlavour(boolean stealing) throws Exception {
    ListeningService service =
        ListeningService.http(
                "small", session -> session.sendResponse(ResponseHeader.of(200), true))
            .addTcp("127.0.0.1:0");
    Server server = serve(stealing, Limits.defaults(), service);
    try (Wire client = connect(service)) {
      for (int i = 0; i < 2_000; i += 50) {
        requests(client, i, i + 50);
        awaitResponses(client, 50);
      }
    } finally {
      stop(server);
    }
  }

  /// A client that does not say that it knows of the shutdown has a second to learn of it.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shutdownEndsWithoutTheHelpOfTheClient(boolean stealing) throws Exception {
    ListeningService service =
        ListeningService.http("mute", session -> session.sendResponse(ResponseHeader.of(200), true))
            .addTcp("127.0.0.1:0");
    Server server = serve(stealing, Limits.defaults(), service);
    try (Wire client = connect(service)) {
      client.send(frame(SETTINGS, 1, 0, new byte[0]));
      requests(client, 0, 1);
      awaitResponses(client, 1);
      server.shutdown(Shutdown.GRACEFUL);
      client.skipToGone();
    } finally {
      stop(server);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutIdleTimeoutAConnectionStays(boolean stealing) throws Exception {
    ListeningService service =
        ListeningService.http("idle", session -> session.sendResponse(ResponseHeader.of(200), true))
            .addTcp("127.0.0.1:0");
    Limits limits = Limits.defaults().toBuilder().idleTimeout(Duration.ZERO).build();
    Server server = serve(stealing, limits, service);
    try (Wire client = connect(service)) {
      for (int i = 0; i < 3; i++) {
        requests(client, i, i + 1);
        awaitResponses(client, 1); // fails at a GOAWAY
      }
    } finally {
      stop(server);
    }
  }
}
