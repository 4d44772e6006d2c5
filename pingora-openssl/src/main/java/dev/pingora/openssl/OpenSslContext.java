// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.KeyLog;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/// An SSL_CTX and what its callbacks need.
///
/// Immutable but for the sessions remembered; thread-safe. The SSL_CTX is freed once neither this
/// nor one of its sessions is reachable; each SSL counts as a use of it besides.
final class OpenSslContext implements TlsContext {
  private static final Cleaner CLEANER = Cleaner.create();

  final OpenSsl library;
  final long context;

  /// Its key, when only its security provider can use it; null for one in the SSL_CTX, or none.
  final @Nullable RemoteKey remote;

  /// Takes secrets, null for none.
  final @Nullable KeyLog keyLog;

  /// What it does as one side or the other.
  final Side side;

  OpenSslContext(
      OpenSsl library,
      long context,
      @Nullable RemoteKey remote,
      @Nullable KeyLog keyLog,
      Side side) {
    this.library = library;
    this.context = context;
    this.remote = remote;
    this.keyLog = keyLog;
    this.side = side;
    CLEANER.register(this, new Freeing(library, context, remote, side));
  }

  /// What differs between the two ends.
  sealed interface Side permits ServerSide, ClientSide {
    /// Gives back native memory; once, when nobody uses it any more.
    void free(OpenSsl library);

    /// {@return whether the peer's certificate is checked}
    boolean verifies();
  }

  /// Must not hold the context itself.
  private record Freeing(OpenSsl library, long context, @Nullable RemoteKey remote, Side side)
      implements Runnable {
    @Override
    public void run() {
      side.free(library);
      library.contexts.free(context);
      if (remote != null) {
        remote.free();
      }
    }
  }

  @Override
  public boolean blocks() {
    return remote != null;
  }

  @Override
  public String provider() {
    return library.dialect.id();
  }

  @Override
  public OpenSslSession session(ServerId server) throws TlsException {
    return switch (side) {
      case ServerSide _ -> OpenSslSession.open(this, ServerId.NONE, null);
      case ClientSide client -> {
        PeerName name = client.nameOf(provider(), server);
        yield OpenSslSession.open(this, server, name);
      }
    };
  }
}
