// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A connection with a record layer, over real sockets and every transport.
final class SecureTest {
  private static final int MIB = 1 << 20;

  private interface Served {
    void run(RequestThread thread, Connection connection, MarkedLayer layer) throws Exception;
  }

  /// Serves one connection; the future ends when it was served.
  private static CompletableFuture<MarkedLayer> serve(
      Rig rig, CompletableFuture<Listening> listening, Served served) throws Exception {
    CompletableFuture<MarkedLayer> done = new CompletableFuture<>();
    listening.complete(
        rig.serve((thread, connection) -> {
          MarkedLayer layer = new MarkedLayer();
          try {
            connection.secure(thread, layer);
            served.run(thread, connection, layer);
            done.complete(layer);
          } catch (Throwable e) { // the test's to judge
            connection.reset();
            done.completeExceptionally(e);
          }
        }));
    return done;
  }

  private static void echo(RequestThread thread, Connection connection) throws ProxyException {
    while (connection.read(thread, RequestThread.NEVER)) {
      connection.awaitRoom(thread, 0);
      connection.moveFrom(connection, connection.input().remaining());
      connection.flush();
    }
    connection.close();
  }

  /// Reads records until the end record, or the end of the stream, which gives null.
  private static byte[] readContent(InputStream in) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    while (true) {
      byte[] header = in.readNBytes(MarkedLayer.HEADER);
      if (header.length < MarkedLayer.HEADER) {
        throw new IOException("cut off after " + content.size());
      }
      if (header[2] == MarkedLayer.END) {
        return content.toByteArray();
      }
      byte[] octets = in.readNBytes((header[0] & 0xff) << 8 | header[1] & 0xff);
      for (byte octet : octets) {
        content.write(octet ^ 0x5a);
      }
    }
  }

  private static void sendAll(Socket client, byte[] content) {
    try {
      client.getOutputStream().write(MarkedLayer.records(content));
      client.getOutputStream().write(MarkedLayer.record(MarkedLayer.END));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void carriesMuchBothWaysAndEndsProperly(Flavour flavour) throws Exception {
    byte[] content = new byte[4 * MIB];
    new Random(1).nextBytes(content);
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Listening> listening = new CompletableFuture<>();
      var done = serve(rig, listening, (thread, connection, _) -> echo(thread, connection));
      try (Socket client = Rig.client(listening.join())) {
        Thread writer = Thread.ofPlatform().start(() -> sendAll(client, content));
        assertThat(readContent(client.getInputStream())).isEqualTo(content);
        writer.join();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      MarkedLayer layer = Rig.await(done);
      Rig.eventually("the layer is closed once", () -> layer.closes.get() == 1);
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void takesRecordsThatComeOctetByOctet(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Listening> listening = new CompletableFuture<>();
      var done = serve(rig, listening, (thread, connection, _) -> echo(thread, connection));
      try (Socket client = Rig.client(listening.join())) {
        for (byte octet : MarkedLayer.records("hello, you there".getBytes(ISO_8859_1))) {
          client.getOutputStream().write(octet);
        }
        client.getOutputStream().write(MarkedLayer.record(MarkedLayer.END));
        assertThat(readContent(client.getInputStream())).asString().isEqualTo("hello, you there");
      }
      Rig.await(done);
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aCutOffStreamIsAReadError(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Listening> listening = new CompletableFuture<>();
      var done =
          serve(
              rig,
              listening,
              (thread, connection, _) -> {
                assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
                connection.input().position(connection.input().limit());
                assertThat(kindOfRead(thread, connection)).isEqualTo(ErrorKind.READ_ERROR);
                connection.reset();
              });
      try (Socket client = Rig.client(listening.join())) {
        client.getOutputStream().write(MarkedLayer.records("part".getBytes(ISO_8859_1)));
        client.shutdownOutput();
        Rig.await(done);
      }
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void whatPrecedesABadRecordIsReadFirst(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Listening> listening = new CompletableFuture<>();
      var done =
          serve(
              rig,
              listening,
              (thread, connection, _) -> {
                assertThat(connection.read(thread, RequestThread.NEVER)).isTrue();
                assertThat(ISO_8859_1.decode(connection.input()).toString()).isEqualTo("good");
                assertThat(kindOfRead(thread, connection)).isEqualTo(ErrorKind.READ_ERROR);
                connection.close();
              });
      try (Socket client = Rig.client(listening.join())) {
        byte[] good = MarkedLayer.records("good".getBytes(ISO_8859_1));
        byte[] both = java.util.Arrays.copyOf(good, good.length + 3);
        both[good.length + 2] = 77;
        client.getOutputStream().write(both);
        Rig.await(done);
      }
      rig.assertNoBufferInUse();
    }
  }

  private static ErrorKind kindOfRead(RequestThread thread, Connection connection) {
    try {
      connection.read(thread, RequestThread.NEVER);
      throw new AssertionError("nothing was thrown");
    } catch (ProxyException e) {
      return e.kind();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void noiseWakesNobodyWhoRests(Flavour flavour) throws Exception {
    AtomicInteger woken = new AtomicInteger();
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Listening> listening = new CompletableFuture<>();
      CompletableFuture<String> heard = new CompletableFuture<>();
      var resting =
          serve(
              rig,
              listening,
              (_, connection, _) ->
                  assertThat(
                          connection.rest(() -> {
                            woken.incrementAndGet();
                            Rig.serve(
                                connection,
                                (thread, own) -> {
                                  own.read(thread, RequestThread.NEVER);
                                  heard.complete(ISO_8859_1.decode(own.input()).toString());
                                  own.close();
                                });
                          }))
                      .isTrue());
      try (Socket client = Rig.client(listening.join())) {
        Rig.await(resting);
        for (int i = 0; i < 100; i++) {
          client.getOutputStream().write(MarkedLayer.record(MarkedLayer.NOISE, (byte) i));
        }
        assertThat(heard).isNotDone();
        client.getOutputStream().write(MarkedLayer.records("now".getBytes(ISO_8859_1)));
        assertThat(Rig.await(heard)).isEqualTo("now");
        assertThat(woken).hasValue(1);
        assertThat(readContent(client.getInputStream())).isEmpty();
      }
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aConnectionThatExpiresAtRestSaysSo(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Listening> listening = new CompletableFuture<>();
      var resting =
          serve(
              rig,
              listening,
              (_, connection, _) -> {
                connection.expireAt(connection.loop().deadlineIn(Rig.SECOND / 100));
                assertThat(connection.rest(() -> {})).isTrue();
              });
      try (Socket client = Rig.client(listening.join())) {
        Rig.await(resting);
        assertThat(readContent(client.getInputStream())).isEmpty();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void waitsForAClientThatReadsSlowly(Flavour flavour) throws Exception {
    byte[] content = new byte[8 * MIB];
    new Random(2).nextBytes(content);
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<Listening> listening = new CompletableFuture<>();
      CompletableFuture<Boolean> blocked = new CompletableFuture<>();
      var done =
          serve(
              rig,
              listening,
              (thread, connection, _) -> {
                java.nio.ByteBuffer source = java.nio.ByteBuffer.wrap(content);
                while (source.hasRemaining()) {
                  if (!connection.hasRoom()) {
                    blocked.complete(true);
                  }
                  connection.awaitRoom(thread, 0);
                  connection.writeSome(source);
                }
                connection.close(new Connection.Linger(MIB, Rig.SECOND));
              });
      try (Socket client = Rig.client(listening.join())) {
        Rig.await(blocked);
        assertThat(readContent(client.getInputStream())).isEqualTo(content);
      }
      Rig.await(done);
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void smallPiecesLeaveTogether(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      FakeWire wire = new FakeWire();
      Connection connection = rig.over(wire);
      rig.call(thread -> {
        connection.attach(thread);
        connection.secure(thread, new MarkedLayer());
        for (int i = 0; i < 5; i++) {
          connection.room(1).put((byte) ('a' + i));
        }
        connection.flush();
        connection.drain(thread, 0);
        return true;
      });
      assertThat(wire.sends).hasValue(1);
      assertThat(wire.sent.toByteArray())
          .isEqualTo(MarkedLayer.records("abcde".getBytes(ISO_8859_1)));
      rig.close(connection);
      Rig.eventually("closed", connection::isClosed);
      rig.assertNoBufferInUse();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void whatWasReadBeforeGoesThroughTheLayer(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      CompletableFuture<String> heard = new CompletableFuture<>();
      Listening listening =
          rig.serve((thread, connection) -> {
            connection.read(thread, RequestThread.NEVER);
            connection.input().get(); // a handshake of one octet
            connection.secure(thread, new MarkedLayer());
            connection.read(thread, RequestThread.NEVER);
            heard.complete(ISO_8859_1.decode(connection.input()).toString());
            connection.close();
          });
      try (Socket client = Rig.client(listening)) {
        byte[] records = MarkedLayer.records("early".getBytes(ISO_8859_1));
        byte[] all = new byte[records.length + 1];
        System.arraycopy(records, 0, all, 1, records.length);
        client.getOutputStream().write(all);
        assertThat(Rig.await(heard)).isEqualTo("early");
        assertThat(readContent(client.getInputStream())).isEmpty();
      }
      rig.assertNoBufferInUse();
    }
  }
}
