// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.KeyLog;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TrustRoots;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a server's context is made of.
///
/// Tickets hold the session, sealed. s2n-tls itself ages their keys, so those of [TicketKeys] are
/// said to be of such an age that the first seals, and all open, for years; when they change, the
/// context makes another s2n_config, since one in use must not be changed.
final class ServerSide implements S2nContext.Side {
  /// A client that resumes uses one up and is given another, so two last while it keeps one
  /// connection at a time, and one spare.
  private static final byte TICKETS = 2;

  /// In seconds, ten years: as good as forever, and now minus twice that is after 1970.
  private static final long FOREVER = TimeUnit.DAYS.toSeconds(3650);

  /// How long our own keys seal (RFC 8446 §4.6.1: tickets live for a week at most).
  private static final long ROTATION = TimeUnit.HOURS.toNanos(12);

  private static final int REQUIRED = 1;
  private static final int OPTIONAL = 2;

  private final ServerTls config;
  private final Policy policy;

  /// Null when nothing is resumed.
  private final @Nullable TicketKeys tickets;

  private volatile long rotated = System.nanoTime();

  ServerSide(ServerTls config) throws TlsException {
    this.config = config;
    policy = Policy.of(config.profile());
    // Its tickets do not hold certificates, and who is resumed must be known all the same.
    boolean resumes = config.clientAuth() == ClientAuth.OFF;
    TicketKeys given = config.tickets();
    if (given != null && !resumes) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          S2nProvider.ID
              + " cannot share ticket keys beside client certificates (tickets with clientAuth;"
              + " expected: boringssl, openssl or rustls)");
    }
    tickets = resumes ? (given == null ? TicketKeys.random() : given) : null;
  }

  @Override
  public Policy policy() {
    return policy;
  }

  @Override
  public CertKey certificate() {
    return config.certificate();
  }

  @Override
  public @Nullable KeyLog keyLog() {
    return config.keyLog();
  }

  List<String> alpn() {
    return config.alpn();
  }

  @Override
  public boolean isStale(NativeConfig made) {
    TicketKeys keys = tickets;
    if (keys == null) {
      return false;
    }
    if (config.tickets() == null && System.nanoTime() - rotated > ROTATION) {
      rotated = System.nanoTime();
      keys.rotate();
    }
    return keys.version() != made.ticketVersion;
  }

  @Override
  public NativeConfig make(S2n library) throws TlsException {
    // Asked for first: should the keys change meanwhile, this is stale.
    int version = tickets == null ? 0 : tickets.version();
    try (ConfigSetup setup = new ConfigSetup(library)) {
      ConfigCalls calls = setup.calls;
      long made = setup.config;
      setup.policy(policy.name());
      setup.certificate(config.certificate());
      setup.protocols(config.alpn());
      if (config.alpnRequired() && !config.alpn().isEmpty()) {
        setup.check(calls.clientHello(made, library.callbacks.hello, 0), "alpn");
      }
      clients(setup);
      if (config.keyLog() != null) {
        setup.check(calls.keyLog(made, library.callbacks.keyLog, 0), "key log");
      }
      tickets(setup);
      // Held back, each failure keeps a connection with its buffers for half a minute: whoever
      // sends
      // broken hellos would have them all. It guards against attacks on CBC, which nothing here
      // has.
      setup.check(calls.maxBlinding(made, 0), "blinding");
      setup.further(config.nativeSettings());
      return setup.take(version);
    }
  }

  private void clients(ConfigSetup setup) throws TlsException {
    TrustRoots roots = config.clientRoots();
    if (config.clientAuth() == ClientAuth.OFF || roots == null) {
      return;
    }
    int type = config.clientAuth() == ClientAuth.REQUIRED ? REQUIRED : OPTIONAL;
    setup.check(setup.calls.clientAuth(setup.config, type), "client certificates");
    setup.trust(roots);
    if (roots instanceof TrustRoots.Certificates) {
      setup.check(setup.calls.offerRootNames(setup.config), "names of those who vouch for clients");
    }
    // Clients may be called anything.
    setup.check(
        setup.calls.verifyHost(setup.config, setup.library.callbacks.host, 0),
        "client certificates");
  }

  private void tickets(ConfigSetup setup) throws TlsException {
    ConfigCalls calls = setup.calls;
    TicketKeys keys = tickets;
    if (keys == null) {
      setup.check(calls.tickets(setup.config, (byte) 0), "tickets");
      return;
    }
    setup.check(calls.tickets(setup.config, (byte) 1), "tickets");
    setup.check(calls.ticketCount(setup.config, TICKETS), "tickets");
    setup.check(calls.sealLifetime(setup.config, FOREVER), "tickets");
    setup.check(calls.openLifetime(setup.config, FOREVER), "tickets");
    long now = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
    boolean first = true;
    for (TicketKeys.Key key : keys.keys()) {
      // Of the same second as now there may be none: a key is in use from the second after.
      long since = first ? now - 1 : now - FOREVER - 60;
      ticketKey(setup, key.octets(), since);
      first = false;
    }
  }

  private void ticketKey(ConfigSetup setup, byte[] octets, long since) throws TlsException {
    byte[] name = bound(Arrays.copyOf(octets, 16));
    byte[] secret = bound(Arrays.copyOfRange(octets, 16, octets.length));
    Arrays.fill(octets, (byte) 0);
    MemorySegment copy = setup.octets(secret);
    Arrays.fill(secret, (byte) 0);
    int result =
        setup.calls.ticketKey(
            setup.config,
            setup.octets(Arrays.copyOf(name, 16)).address(),
            16,
            copy.address(),
            (int) copy.byteSize(),
            since);
    copy.fill((byte) 0);
    setup.check(result, "tickets");
  }

  /// {@return a key or its name, bound to what the server is} Keys are shared by contexts, and a
  /// session must not go on where another server was meant (RFC 8446 §4.6.1).
  private byte[] bound(byte[] octets) throws TlsException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(octets);
      for (String name : config.certificate().names()) {
        digest.update(name.getBytes(StandardCharsets.ISO_8859_1));
        digest.update((byte) 0);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "no SHA-256", e);
    }
  }
}
