// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.util.Objects.requireNonNull;

import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// TLS by OpenSSL 3.0 or newer: the system's, or the one of [#library]. Or by another library with
/// the same interface.
///
/// Session tickets of servers hold nothing back: they carry the session, sealed, so any process
/// with the same ticket keys takes it up. Clients remember sessions per context.
///
/// Private keys may be kept elsewhere ([dev.pingora.tls.CertKey#isRemote]): EC and RSA ones, the
/// latter by a provider that has `RSA/ECB/NoPadding`, since OpenSSL pads for PSS itself; others are
/// refused when a context is made.
public final class OpenSslProvider implements TlsProvider {
  private final Dialect dialect;

  /// Held while the library is loaded, at the start of a process; by no connection.
  private final ReentrantLock lock = new ReentrantLock();

  private @Nullable Path file;
  private volatile @Nullable OpenSsl loaded;
  private volatile @Nullable Availability availability;

  /// Makes a provider; loads nothing yet.
  public OpenSslProvider() {
    this(Dialect.OPENSSL);
  }

  /// Makes a provider of another library; loads nothing yet.
  public OpenSslProvider(Dialect dialect) {
    this.dialect = requireNonNull(dialect, "dialect");
  }

  @Override
  public String id() {
    return dialect.id();
  }

  /// Takes libssl of this file, or libssl of this folder, and the libcrypto beside it; of other
  /// libraries what their [Dialect.Source] makes of it.
  @Override
  public void library(@Nullable Path own) {
    lock.lock();
    try {
      if (availability != null) {
        throw new IllegalStateException(dialect.name() + " is already loaded");
      }
      file = own;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Availability availability() {
    Availability known = availability;
    if (known != null) {
      return known;
    }
    lock.lock();
    try {
      known = availability;
      if (known == null) {
        known = load();
        availability = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private Availability load() {
    try {
      OpenSsl library = OpenSsl.load(dialect, file);
      loaded = library;
      return new Availability.Available(
          library.version(), library.origin(), capabilities(library), dialect.fips());
    } catch (TlsException | RuntimeException | LinkageError e) {
      String message = e.getMessage();
      return new Availability.Missing(message == null ? e.toString() : message);
    }
  }

  private static Set<Capability> capabilities(OpenSsl library) {
    Set<Capability> all = EnumSet.allOf(Capability.class);
    all.removeAll(library.dialect.lacks());
    if (!library.choosesKeyShares()) {
      all.remove(Capability.SECOND_KEY_SHARE);
    }
    if (!library.signsElsewhere()) {
      all.remove(Capability.REMOTE_KEYS);
      all.remove(Capability.REMOTE_KEYS_ED25519);
    }
    if (!library.groups().contains(NamedGroup.X25519MLKEM768)) {
      all.remove(Capability.GROUP_X25519MLKEM768);
    }
    return all;
  }

  @Override
  public TlsContext server(ServerTls config) throws TlsException {
    return ServerSide.open(library(), config);
  }

  @Override
  public TlsContext client(ClientTls config) throws TlsException {
    config.requireNoS2n(id());
    return ClientSide.open(library(), config);
  }

  /// {@return the library}
  ///
  /// @throws TlsException CONFIGURATION when it cannot be used here
  OpenSsl library() throws TlsException {
    if (availability() instanceof Availability.Missing(String reason)) {
      throw TlsException.of(TlsException.Reason.CONFIGURATION, reason);
    }
    OpenSsl library = loaded;
    if (library == null) {
      throw new IllegalStateException("available, but not loaded");
    }
    return library;
  }
}
