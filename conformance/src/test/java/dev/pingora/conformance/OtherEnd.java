// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/// One end of a connection by a provider, where a program of others is the other.
final class OtherEnd {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int PATIENCE_MILLIS = 20_000;

  private OtherEnd() {}

  /// {@return each provider that can be used here, with each version}
  static List<Arguments> providers() {
    List<Arguments> all = new ArrayList<>();
    for (TlsProvider provider : TlsProviders.installed().all()) {
      if (provider.availability() instanceof Availability.Available) {
        for (TlsVersion version : TlsVersion.values()) {
          all.add(Arguments.of(Named.of(provider.id(), provider), version));
        }
      }
    }
    return all;
  }

  static ServerTls server(TlsVersion version) {
    return ServerTls.of(TestCertificates.server())
        .withProfile(TlsProfile.INTERMEDIATE.withVersions(version, version));
  }

  static ClientTls client(TlsVersion version) {
    return ClientTls.standard()
        .withProfile(TlsProfile.INTERMEDIATE.withVersions(version, version))
        .withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots());
  }

  /// Writes the certificates as programs like them: `root.pem`, `server.pem`, `server.key`,
  /// `client.pem`, `client.key`. RSA: of an EC key the JDK leaves the public half out, without
  /// which GnuTLS cannot read it.
  static void write(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("root.pem"), TestCertificates.pem(List.of(TestCertificates.root())));
    write(folder, "server", TestCertificates.server(KeyType.RSA));
    write(folder, "client", TestCertificates.client(KeyType.RSA));
  }

  private static void write(Path folder, String name, CertKey key) throws IOException {
    Files.writeString(folder.resolve(name + ".pem"), TestCertificates.chainPem(key));
    Files.writeString(folder.resolve(name + ".key"), TestCertificates.keyPem(key));
  }

  /// What one end does after the handshake.
  @FunctionalInterface
  interface Talk {
    void with(TlsSocket end) throws Exception;
  }

  /// What happens beside a server on this port.
  @FunctionalInterface
  interface Peer<T> {
    T at(int port) throws Exception;
  }

  /// Serves so many connections, one after the other, beside `work`.
  static <T> T serving(TlsContext context, int connections, Talk talk, Peer<T> work)
      throws Exception {
    // The listener is closed first: nobody waits for clients that do not come.
    try (ExecutorService beside = Executors.newVirtualThreadPerTaskExecutor();
        ServerSocket listener = new ServerSocket(0, 5, LOOPBACK)) {
      listener.setSoTimeout(PATIENCE_MILLIS);
      Callable<Integer> serve =
          () -> {
            for (int i = 0; i < connections; i++) {
              Socket socket = listener.accept();
              socket.setSoTimeout(PATIENCE_MILLIS);
              try (TlsSocket end = new TlsSocket(context.session(ServerId.NONE), socket)) {
                end.handshake();
                talk.with(end);
              }
            }
            return connections;
          };
      Future<Integer> served = beside.submit(serve);
      T result = work.at(listener.getLocalPort());
      assertThat(served.get()).isEqualTo(connections);
      return result;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  /// {@return a connection to a program, as soon as it listens}
  static Socket connected(int port, Tool.Running running) throws IOException {
    long patience = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (true) {
      try {
        Socket socket = new Socket(LOOPBACK, port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
      } catch (IOException e) {
        if (System.nanoTime() > patience || !running.isAlive()) {
          throw new AssertionError("no server: " + running.output(), e);
        }
        Thread.onSpinWait();
      }
    }
  }
}
