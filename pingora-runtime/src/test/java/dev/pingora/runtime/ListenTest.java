// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.testkit.Leaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ListenTest {
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void anAddressInUseIsABindErrorThatNamesIt(Flavour flavour) throws Exception {
    try (Rig rig = new Rig(flavour.options(2));
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Leaks leaks = Leaks.baseline();
      ListenSpec spec = ListenSpec.of(taken.getLocalSocketAddress());
      assertThatThrownBy(() -> rig.group.listen(spec, Connection::close))
          .isInstanceOfSatisfying(
              ProxyException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BIND_ERROR))
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("in use");
      leaks.assertNone();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aPausedListenerLeavesConnectionsToTheKernel(Flavour flavour) throws Exception {
    AtomicInteger accepted = new AtomicInteger();
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.listen(connection -> {
              accepted.incrementAndGet();
              Rig.serve(connection, Rig::echo);
            })) {
      listening.pause();
      var _ = rig.onEventLoop(() -> 0);
      if (flavour.kind() == TransportKind.IO_URING) {
        answeredNow(listening); // an accept that is under way already may still take one
      }
      int before = accepted.get();
      try (Socket client = Rig.client(listening)) {
        client.getOutputStream().write(1);
        client.setSoTimeout(50);
        assertThatThrownBy(() -> client.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);
        assertThat(accepted).hasValue(before);
        listening.resume();
        client.setSoTimeout((int) Rig.LIMIT.toMillis());
        assertThat(client.getInputStream().read()).isEqualTo(1);
      }
    }
  }

  private static void answeredNow(Listening listening) throws IOException {
    try (Socket client = Rig.client(listening)) {
      client.getOutputStream().write(1);
      client.setSoTimeout(50);
      assertThat(client.getInputStream().read()).isEqualTo(1);
    } catch (SocketTimeoutException e) {
      // It waits in the kernel, as it should; and is gone when the listener resumes.
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aClosedListenerRefusesAndSparesWhatItAccepted(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour)) {
      Listening listening = rig.echo();
      try (Socket client = Rig.client(listening)) {
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
        listening.close();
        Rig.eventually("connects are refused", () -> isRefused(listening));
        client.getOutputStream().write(2);
        assertThat(client.getInputStream().read()).isEqualTo(2);
      }
      listening.close();
      listening.pause();
      listening.resume();
    }
  }

  private static boolean isRefused(Listening listening) {
    try (Socket late = Rig.client(listening)) {
      return !late.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void anAcceptHandlerThatFailsCostsItsConnectionOnly(Flavour flavour) throws Exception {
    AtomicInteger accepted = new AtomicInteger();
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.listen(connection -> {
              if (accepted.getAndIncrement() == 0) {
                throw new IllegalStateException("a handler that fails, as the test wants");
              }
              Rig.serve(connection, Rig::echo);
            })) {
      try (Socket first = Rig.client(listening)) {
        assertThat(first.getInputStream().read()).isEqualTo(-1);
      }
      try (Socket second = Rig.client(listening)) {
        second.getOutputStream().write(1);
        assertThat(second.getInputStream().read()).isEqualTo(1);
      }
      Rig.eventually("both are closed", () -> rig.group.connectionCount() == 0);
    }
  }

  /// One loop accepts for two, and the other has ended: what falls to that one is closed, and
  /// leaves no descriptor.
  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aConnectionForALoopThatHasEndedIsClosed(Flavour flavour) throws Exception {
    ListenSpec spec = new ListenSpec(Rig.loopback(), 16, false, null, 0600, SocketTuning.NONE);
    try (Rig rig = new Rig(flavour.options(2));
        Listening listening =
            rig.group.listen(spec, connection -> Rig.serve(connection, Rig::echo))) {
      Loop ended = rig.group.loops().get(1);
      ended.stop();
      assertThat(ended.awaitEnd(Rig.LIMIT.toNanos())).isTrue();
      int answered = isAnswered(listening) ? 1 : 0; // the JDK keeps a socket after its first close
      Leaks leaks = Leaks.baseline();
      for (int i = 0; i < 9; i++) {
        answered += isAnswered(listening) ? 1 : 0;
      }
      assertThat(answered).isEqualTo(5);
      leaks.assertNone();
    }
  }

  private static boolean isAnswered(Listening listening) {
    try (Socket client = Rig.client(listening)) {
      client.getOutputStream().write(1);
      return client.getInputStream().read() == 1;
    } catch (IOException e) {
      return false; // closed over what was sent
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void listensOnEveryAddressAtOnce(Flavour flavour) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.group.listen(
                ListenSpec.of(new InetSocketAddress(0)),
                connection -> Rig.serve(connection, Rig::echo))) {
      int port = ((InetSocketAddress) listening.address()).getPort();
      assertThat(port).isPositive();
      for (String host : new String[] {"127.0.0.1", "127.0.0.9"}) {
        try (Socket client = Rig.client(new InetSocketAddress(InetAddress.getByName(host), port))) {
          client.getOutputStream().write(1);
          assertThat(client.getInputStream().read()).isEqualTo(1);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void listensWithAllOptionsAtOnce(Flavour flavour) throws Exception {
    SocketTuning tuning =
        new SocketTuning(new SocketTuning.Keepalive(60, 5, 3, 10_000), 64 << 10, 64 << 10, 10, 16);
    ListenSpec spec = new ListenSpec(Rig.loopback(), 16, true, false, 0600, tuning);
    try (Rig rig = Rig.of(flavour);
        Listening listening =
            rig.group.listen(spec, connection -> Rig.serve(connection, Rig::echo));
        Socket client = Rig.client(listening)) {
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().read()).isEqualTo(1);
    }
  }
}
