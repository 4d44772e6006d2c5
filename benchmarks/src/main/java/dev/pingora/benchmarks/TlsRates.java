// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.Certificates;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.TrustRoots;
import dev.pingora.tls.Verify;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How many handshakes and how many octets a second a provider does: both ends in one thread,
/// through memory, per second of the thread's CPU time. The work is that of `c/tls.c` and
/// `c/s2n.c`.
///
/// Arguments: provider, its library or `-`, chain, key, root, server name, seconds. After a line of
/// input it measures and prints `handshakes/s GB/s`, until there is no more input, so that a script
/// can let several programs take turns; [#main] warms up first.
public final class TlsRates implements AutoCloseable {
  private static final int CHUNK = 32 * 1024;
  private static final int RECORD = 16 * 1024;
  private static final int WARM_UP_SECONDS = 6;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment wire = arena.allocate(CHUNK);
  private final MemorySegment content = arena.allocate(RECORD);
  private final MemorySegment plain = arena.allocate(RECORD);
  private final TlsContext server;
  private final TlsContext client;
  private final ServerId name;

  private TlsRates(TlsProvider provider, List<String> files) throws TlsException, IOException {
    TlsProfile profile =
        TlsProfile.MODERN
            .withVersions(TlsVersion.TLS_1_3, TlsVersion.TLS_1_3)
            .withGroups(List.of(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1));
    CertKey key = CertKey.fromPem(Path.of(files.get(0)), Path.of(files.get(1)));
    server = provider.server(ServerTls.of(key).withProfile(profile));
    String root = Files.readString(Path.of(files.get(2)), StandardCharsets.US_ASCII);
    TrustRoots roots = TrustRoots.of(Certificates.der(Certificates.ofPem(root, files.get(2))));
    client =
        provider.client(
            ClientTls.standard()
                .withProfile(profile)
                .withVerify(Verify.CHAIN_AND_NAME, roots)
                .withSecondKeyShare(false)
                .withResumption(0));
    name = new ServerId(files.get(3), "");
  }

  /// Measures, at each line of input.
  public static void main(String[] args) throws Exception {
    TlsProvider provider =
        TlsProviders.installed().all().stream()
            .filter(each -> each.id().equals(args[0]))
            .findFirst()
            .orElseThrow();
    if (!args[1].equals("-")) {
      provider.library(Path.of(args[1]));
    }
    double seconds = Double.parseDouble(args[6]);
    PrintStream out = System.out;
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (TlsRates rates = new TlsRates(provider, List.of(args).subList(2, 6))) {
      rates.handshakes(WARM_UP_SECONDS);
      rates.gigabytes(WARM_UP_SECONDS / 2.0);
      out.println(provider.availability());
      while (in.readLine() != null) {
        out.printf("%.0f %.3f%n", rates.handshakes(seconds), rates.gigabytes(seconds));
      }
    }
  }

  private double handshakes(double seconds) throws TlsException {
    long start = threads.getCurrentThreadCpuTime();
    long spent = 0;
    int count = 0;
    while (spent < seconds * 1e9) {
      try (Connection connection = new Connection()) {
        connection.shake();
      }
      count++;
      spent = threads.getCurrentThreadCpuTime() - start;
    }
    return count * 1e9 / spent;
  }

  private double gigabytes(double seconds) throws TlsException {
    try (Connection connection = new Connection()) {
      connection.shake();
      long start = threads.getCurrentThreadCpuTime();
      long spent = 0;
      long total = 0;
      while (spent < seconds * 1e9) {
        for (int i = 0; i < 16; i++) {
          total += connection.record();
        }
        spent = threads.getCurrentThreadCpuTime() - start;
      }
      return (double) total / spent;
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  /// Both ends of one.
  private final class Connection implements AutoCloseable {
    private final TlsSession near = client.session(name);
    private final TlsSession far = server.session(ServerId.NONE);

    Connection() throws TlsException {}

    void shake() throws TlsException {
      boolean here = false;
      boolean there = false;
      while (!here || !there) {
        here = here || near.handshake();
        carry(near, far);
        there = there || far.handshake();
        carry(far, near);
      }
      drink(near); // the tickets
    }

    long record() throws TlsException {
      long total = 0;
      int sent = 0;
      while (sent < RECORD) {
        sent += near.write(content, sent, RECORD - sent);
        carry(near, far);
        total += drink(far);
      }
      return total;
    }

    private void carry(TlsSession from, TlsSession to) throws TlsException {
      int count = from.drain(wire, 0, CHUNK);
      while (count > 0) {
        int fed = 0;
        while (fed < count) {
          fed += to.feed(wire, fed, count - fed);
        }
        count = from.drain(wire, 0, CHUNK);
      }
    }

    private long drink(TlsSession session) throws TlsException {
      long total = 0;
      int count = session.read(plain, 0, RECORD);
      while (count > 0) {
        total += count;
        count = session.read(plain, 0, RECORD);
      }
      return total;
    }

    @Override
    public void close() {
      near.close();
      far.close();
    }
  }
}
