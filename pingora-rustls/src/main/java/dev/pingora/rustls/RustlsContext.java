// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.tls.KeyLog;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A native context, freed when nobody has it any more. Its sessions keep what they need.
final class RustlsContext implements TlsContext {
  static final String PROVIDER = "rustls";

  private static final Cleaner CLEANER = Cleaner.create();

  private final long address;
  private final @Nullable KeyLog keyLog;
  private final @Nullable TicketKeys tickets;

  /// Version of the ticket keys that the native half has. Several threads may bring it up to date
  /// at once: each with the same keys, or newer ones.
  private volatile int ticketsVersion;

  /// Held by the sessions as well: the native half knows it by a number.
  private final @Nullable RemoteKey remote;

  RustlsContext(
      long address,
      @Nullable RemoteKey remote,
      @Nullable KeyLog keyLog,
      @Nullable TicketKeys tickets,
      int ticketsVersion) {
    this.address = address;
    this.remote = remote;
    this.keyLog = keyLog;
    this.tickets = tickets;
    this.ticketsVersion = ticketsVersion;
    CLEANER.register(this, () -> Native.contextFree(address));
  }

  /// {@return a native context of an encoded configuration, which is wiped}
  static long address(byte[] configuration, boolean server) throws TlsException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment config = arena.allocateFrom(ValueLayout.JAVA_BYTE, configuration);
      MemorySegment failure = Failures.room(arena);
      long length = config.byteSize();
      long made =
          server
              ? Native.server(config.address(), length, failure.address(), failure.byteSize())
              : Native.client(config.address(), length, failure.address(), failure.byteSize());
      config.fill((byte) 0);
      if (made <= 0) {
        throw Failures.read(failure, -made);
      }
      return made;
    } finally {
      Arrays.fill(configuration, (byte) 0);
    }
  }

  @Override
  public String provider() {
    return PROVIDER;
  }

  @Override
  public boolean blocks() {
    return remote != null;
  }

  @Override
  public TlsSession session(ServerId server) throws TlsException {
    freshTickets();
    byte[] name = server.name().getBytes(StandardCharsets.UTF_8);
    byte[] key = server.key().getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment failure = Failures.room(arena);
      long made =
          Native.session(
              address,
              arena.allocateFrom(ValueLayout.JAVA_BYTE, name).address(),
              name.length,
              arena.allocateFrom(ValueLayout.JAVA_BYTE, key).address(),
              key.length,
              failure.address(),
              failure.byteSize());
      if (made <= 0) {
        throw Failures.read(failure, -made);
      }
      return new RustlsSession(made, tickets == null ? server.name() : "", keyLog, remote);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private void freshTickets() {
    TicketKeys current = tickets;
    if (current == null || current.version() == ticketsVersion) {
      return;
    }
    int version = current.version();
    byte[] keys = Configuration.keys(current);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocateFrom(ValueLayout.JAVA_BYTE, keys);
      Native.tickets(address, all.address(), keys.length);
      all.fill((byte) 0);
    }
    Arrays.fill(keys, (byte) 0);
    ticketsVersion = version;
  }
}
