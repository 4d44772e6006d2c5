// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import org.jspecify.annotations.Nullable;

/// A client and a server that talk in memory, on one thread.
///
/// ```java
/// try (TlsPair pair = TlsPair.of(clientContext, serverContext, "origin.example").handshake()) {
///   byte[] arrived = pair.toServer(content);
/// }
/// ```
public final class TlsPair implements AutoCloseable {
  private final TlsEnd client;
  private final TlsEnd server;
  private @Nullable TlsException first;

  private TlsPair(TlsEnd client, TlsEnd server) {
    this.client = client;
    this.server = server;
  }

  /// {@return a new connection} Nothing has been said yet.
  public static TlsPair of(TlsContext client, TlsContext server, ServerId id) throws TlsException {
    TlsEnd clientEnd = new TlsEnd(client.provider() + " client", client.session(id));
    try {
      TlsEnd serverEnd = new TlsEnd(server.provider() + " server", server.session(ServerId.NONE));
      return new TlsPair(clientEnd, serverEnd);
    } catch (TlsException e) {
      clientEnd.close();
      throw e;
    }
  }

  /// {@return a new connection to a server of this name}
  public static TlsPair of(TlsContext client, TlsContext server, String name) throws TlsException {
    return of(client, server, new ServerId(name, "192.0.2.1:443"));
  }

  /// {@return a new connection of new contexts}
  public static TlsPair of(
      TlsProvider clients, ClientTls client, TlsProvider servers, ServerTls server, String name)
      throws TlsException {
    return of(clients.client(client), servers.server(server), name);
  }

  /// Gives and takes at most so many octets in one call of a session.
  public TlsPair limit(int octets) {
    client.limit(octets);
    server.limit(octets);
    return this;
  }

  public TlsEnd client() {
    return client;
  }

  public TlsEnd server() {
    return server;
  }

  /// Carries what either side says to the other until both are silent. Failures are kept by the
  /// ends.
  public TlsPair pump() {
    client.step();
    server.step();
    note();
    boolean moved = true;
    while (moved) {
      boolean asked = carry(client, server);
      moved = carry(server, client) || asked;
    }
    return this;
  }

  private boolean carry(TlsEnd from, TlsEnd to) {
    byte[] octets = from.take();
    to.deliver(octets);
    note();
    return octets.length > 0;
  }

  private void note() {
    if (first == null) {
      first = client.failure() == null ? server.failure() : client.failure();
    }
  }

  /// {@return what failed first, on either side; null when all is well}
  public @Nullable TlsException failure() {
    return first;
  }

  /// Shakes hands.
  ///
  /// @throws TlsException what failed first, on either side
  /// @throws AssertionError when nothing failed, but one side still waits
  public TlsPair handshake() throws TlsException {
    pump();
    if (first != null) {
      close();
      throw first;
    }
    if (!client.isComplete() || !server.isComplete()) {
      close();
      throw new AssertionError("handshake stands still: " + this);
    }
    return this;
  }

  /// {@return what arrives at the server when the client sends `content`}
  public byte[] toServer(byte[] content) {
    client.send(content);
    pump();
    return server.received();
  }

  /// {@return what arrives at the client when the server sends `content`}
  public byte[] toClient(byte[] content) {
    server.send(content);
    pump();
    return client.received();
  }

  @Override
  public String toString() {
    return client + "; " + server;
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
