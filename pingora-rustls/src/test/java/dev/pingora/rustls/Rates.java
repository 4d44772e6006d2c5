// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.testkit.Malloc;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.Verify;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How fast the provider is, to be compared with `examples/rates.rs`, which has no Java in it. Both
/// ends on one thread, through memory, per second of its CPU time.
///
/// Arguments: a folder for certificate and key, which `rates.rs` reads; seconds of each
/// measurement.
final class Rates {
  private static final int RECORD = 16_384;
  private static final int PAIRS = 5000;
  private static final int ROOM = 64 << 10;
  private static final Path USED = Path.of("/proc/thread-self/schedstat");
  private static final ServerId ORIGIN = new ServerId("origin.example", "");

  private final MemorySegment memory = Arena.global().allocate(ROOM);
  private final MemorySegment content = Arena.global().allocate(RECORD);

  private interface Work {
    void run() throws TlsException;
  }

  private record Ends(TlsSession client, TlsSession server) {}

  private Rates() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int seconds = Integer.parseInt(arguments[1]);
    CertKey key = TestCertificates.selfSigned();
    Files.write(folder.resolve("leaf.der"), key.leaf().getEncoded());
    Files.write(folder.resolve("key.pkcs8"), key.pkcs8());
    new Rates().measure(key, seconds, System.out);
  }

  private void measure(CertKey key, int seconds, PrintStream out) throws Exception {
    handshakes(key, NamedGroup.X25519, 0, seconds); // warm
    double x25519 = handshakes(key, NamedGroup.X25519, 0, seconds);
    out.printf(Locale.ROOT, "handshakes/s x25519: %.0f%n", x25519);
    double hybrid = handshakes(key, NamedGroup.X25519MLKEM768, 0, seconds);
    out.printf(Locale.ROOT, "handshakes/s X25519MLKEM768: %.0f%n", hybrid);
    double resumed = handshakes(key, NamedGroup.X25519, 16, seconds);
    out.printf(Locale.ROOT, "handshakes/s x25519 resumed: %.0f%n", resumed);
    bulk(key, 1);
    out.printf(Locale.ROOT, "MB/s AES-128-GCM: %.0f%n", bulk(key, seconds));
    out.printf(Locale.ROOT, "octets per idle session: %d%n", idle(key));
  }

  private static TlsProfile profile(NamedGroup group) {
    return new TlsProfile(
        TlsVersion.TLS_1_3,
        TlsVersion.TLS_1_3,
        List.of(CipherSuite.TLS_AES_128_GCM_SHA256),
        List.of(group));
  }

  private static TlsContext server(CertKey key, NamedGroup group) throws TlsException {
    return new RustlsTls().server(ServerTls.of(key).withProfile(profile(group)));
  }

  private static TlsContext client(NamedGroup group, int remembered) throws TlsException {
    return new RustlsTls()
        .client(
            ClientTls.standard()
                .withProfile(profile(group))
                .withResumption(remembered)
                .withVerify(Verify.NONE, TestCertificates.roots()));
  }

  private double handshakes(CertKey key, NamedGroup group, int remembered, int seconds)
      throws TlsException {
    TlsContext server = server(key, group);
    TlsContext client = client(group, remembered);
    return perSecond(
        seconds,
        20,
        () -> {
          Ends ends = shake(client, server);
          ends.client().close();
          ends.server().close();
        });
  }

  private Ends shake(TlsContext client, TlsContext server) throws TlsException {
    Ends ends = new Ends(client.session(ORIGIN), server.session(ServerId.NONE));
    while (!complete(ends)) {
      carry(ends.client(), ends.server());
      carry(ends.server(), ends.client());
    }
    carry(ends.server(), ends.client()); // tickets
    return ends;
  }

  private static boolean complete(Ends ends) throws TlsException {
    boolean client = ends.client().handshake();
    boolean server = ends.server().handshake();
    return client && server;
  }

  private void carry(TlsSession from, TlsSession to) throws TlsException {
    int length = from.drain(memory, 0, ROOM);
    if (length > 0) {
      to.feed(memory, 0, length);
    }
  }

  private double bulk(CertKey key, int seconds) throws TlsException {
    Ends ends = shake(client(NamedGroup.X25519, 0), server(key, NamedGroup.X25519));
    TlsSession client = ends.client();
    TlsSession server = ends.server();
    double rate =
        perSecond(
            seconds,
            500,
            () -> {
              client.write(content, 0, RECORD);
              int length = client.drain(memory, 0, ROOM);
              int at = 0;
              int got = 0;
              while (got < RECORD) {
                at += server.feed(memory, at, length - at);
                got += server.read(content, 0, RECORD);
              }
            });
    client.close();
    server.close();
    return rate * RECORD / 1e6;
  }

  /// {@return nanoseconds of CPU that this thread has used, as the kernel counts them}
  private static long cpu() {
    try {
      return Long.parseLong(Files.readString(USED).split(" ", 2)[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// {@return what a session keeps after its handshake, Java's part included}
  private long idle(CertKey key) throws TlsException, IOException {
    TlsContext server = server(key, NamedGroup.X25519);
    TlsContext client = client(NamedGroup.X25519, 0);
    List<Ends> all = new ArrayList<>();
    long before = Malloc.inUse();
    for (int i = 0; i < PAIRS; i++) {
      all.add(shake(client, server));
    }
    long kept = (Malloc.inUse() - before) / (2 * PAIRS);
    for (Ends ends : all) {
      ends.client().close();
      ends.server().close();
    }
    return kept;
  }

  private static double perSecond(int seconds, int batch, Work work) throws TlsException {
    long start = cpu();
    long used = 0;
    long done = 0;
    while (used < seconds * 1_000_000_000L) {
      for (int i = 0; i < batch; i++) {
        work.run();
      }
      done += batch;
      used = cpu() - start;
    }
    return done * 1e9 / used;
  }
}
