// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// What the runtime allocates for a request on a loop with bound threads: next to nothing. All of
/// it is the carrier's, whichever of its virtual threads asked for it.
final class AllocationTest {
  private static final int WARM_UP = 5_000;
  private static final int REQUESTS = 10_000;

  /// Room for what happens now and then (a stack chunk that grows, a list of the JDK's), and an
  /// object for each request is above it.
  private static final long BYTES_PER_REQUEST = 12;

  private static long allocatedBy(Thread thread) throws ReflectiveOperationException {
    Method method =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getThreadAllocatedBytes", long.class);
    return (long) method.invoke(ManagementFactory.getThreadMXBean(), thread.threadId());
  }

  private static void talk(Socket client, int requests) throws IOException {
    for (int i = 0; i < requests; i++) {
      client.getOutputStream().write(i & 0x7f);
      assertThat(client.getInputStream().read()).isEqualTo(i & 0x7f);
    }
  }

  private static long bytesPerRequest(Rig rig, Socket client) throws Exception {
    Carrier carrier = rig.loop().carrier();
    assertThat(carrier).isNotNull();
    talk(client, WARM_UP);
    long before = allocatedBy(carrier.thread());
    talk(client, REQUESTS);
    return (allocatedBy(carrier.thread()) - before) / REQUESTS;
  }

  @Test
  void readingAndAnsweringAllocatesNothing() throws Exception {
    try (Rig rig = Rig.of(new Flavour(false, TransportKind.AUTO));
        Listening echo = rig.echo();
        Socket client = Rig.client(echo)) {
      assertThat(bytesPerRequest(rig, client)).isLessThan(BYTES_PER_REQUEST);
    }
  }

  @Test
  void deadlinesAllocateNothing() throws Exception {
    try (Rig rig = Rig.of(new Flavour(false, TransportKind.AUTO));
        Listening listening =
            rig.serve((thread, connection) -> {
              while (connection.read(thread, thread.loop().deadlineIn(20 * Rig.SECOND))) {
                thread.phase("answer");
                connection.awaitRoom(thread, Rig.SECOND);
                connection.room(1).put(connection.input().get());
                connection.flush();
              }
              connection.close();
            });
        Socket client = Rig.client(listening)) {
      assertThat(bytesPerRequest(rig, client)).isLessThan(BYTES_PER_REQUEST);
    }
  }

  /// As a proxy does: two connections and one thread.
  @Test
  void relayingAllocatesNothing() throws Exception {
    try (Rig rig = Rig.of(new Flavour(false, TransportKind.AUTO));
        Listening echo = rig.echo();
        Listening relay =
            rig.serve((thread, connection) -> {
              ConnectSpec spec = ConnectSpec.to(echo.address());
              Connection upstream = rig.loop().connect(thread, spec, RequestThread.NEVER);
              while (connection.read(thread, thread.loop().deadlineIn(20 * Rig.SECOND))) {
                upstream.moveFrom(connection, connection.input().remaining());
                upstream.flush();
                if (!upstream.read(thread, thread.loop().deadlineIn(20 * Rig.SECOND))) {
                  break;
                }
                connection.moveFrom(upstream, upstream.input().remaining());
                connection.flush();
              }
              upstream.close();
              connection.close();
            });
        Socket client = Rig.client(relay)) {
      assertThat(bytesPerRequest(rig, client)).isLessThan(BYTES_PER_REQUEST);
    }
  }

  /// The measure itself: what is allocated by a request thread is seen.
  @Test
  void whatAThreadAllocatesIsSeen() throws Exception {
    try (Rig rig = Rig.of(new Flavour(false, TransportKind.AUTO));
        Listening listening =
            rig.serve((thread, connection) -> {
              byte[] one = new byte[1];
              while (connection.read(thread, RequestThread.NEVER)) {
                connection.input().get(one);
                connection.write(thread, ByteBuffer.wrap(one.clone()), 0);
                connection.flush();
              }
              connection.close();
            });
        Socket client = Rig.client(listening)) {
      assertThat(bytesPerRequest(rig, client)).isGreaterThan(BYTES_PER_REQUEST);
    }
  }
}
