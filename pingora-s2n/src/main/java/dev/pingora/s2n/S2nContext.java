// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyLog;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What the connections of one configuration share.
///
/// Thread-safe. The s2n_config is replaced when ticket keys change; sessions hold theirs.
final class S2nContext implements TlsContext {
  final S2n library;

  /// What it does as one end or the other.
  final Side side;

  private volatile NativeConfig config;

  /// Taken by the one thread that makes another configuration; the others use the old.
  private final AtomicBoolean making = new AtomicBoolean();

  S2nContext(S2n library, Side side) throws TlsException {
    this.library = library;
    this.side = side;
    config = side.make(library);
  }

  /// What differs between the two ends.
  sealed interface Side permits ServerSide, ClientSide {
    /// {@return what may be negotiated; null for whatever the policy that was asked for has}
    @Nullable Policy policy();

    /// {@return what it shows; null for a client without}
    @Nullable CertKey certificate();

    /// {@return what takes secrets, null for none}
    @Nullable KeyLog keyLog();

    /// {@return whether a configuration should be made anew}
    boolean isStale(NativeConfig made);

    /// {@return a configuration}
    ///
    /// @throws TlsException CONFIGURATION
    NativeConfig make(S2n library) throws TlsException;
  }

  @Override
  public String provider() {
    return S2nProvider.ID;
  }

  @Override
  public boolean blocks() {
    CertKey own = side.certificate();
    return own != null && own.isRemote();
  }

  @Override
  public S2nSession session(ServerId server) throws TlsException {
    return switch (side) {
      case ServerSide _ -> S2nSession.open(this, current(), ServerId.NONE, null);
      case ClientSide client -> S2nSession.open(this, current(), server, client.nameOf(server));
    };
  }

  private NativeConfig current() throws TlsException {
    NativeConfig known = config;
    if (!side.isStale(known) || !making.compareAndSet(false, true)) {
      return known;
    }
    try {
      NativeConfig fresh = side.make(library);
      config = fresh;
      return fresh;
    } finally {
      making.set(false);
    }
  }
}
