// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.apps.ServerApp;
import dev.pingora.core.listeners.ConnectionApp;
import dev.pingora.core.listeners.ConnectionFilter;
import dev.pingora.core.listeners.ListenerConfig;
import dev.pingora.core.server.Limits;
import dev.pingora.core.server.ServerRuntime;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.core.tls.TlsAcceptance;
import dev.pingora.core.tls.TlsListener;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.Listening;
import dev.pingora.runtime.RequestThread;
import dev.pingora.tls.TlsException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An app on one or more listening addresses.
///
/// Configured by one thread before the server runs; afterwards thread-safe.
public final class ListeningService implements Service {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private final String name;
  private final ConnectionApp app;
  private final List<ListenerConfig> listeners = new ArrayList<>();
  private final List<Listening> listening = new ArrayList<>();
  private final List<Optional<TlsListener>> tls = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private Limits limits = Limits.defaults();
  private boolean h2c;
  private ConnectionFilter filter = peer -> true;

  private ListeningService(String name, ConnectionApp app) {
    this.name = name;
    this.app = app;
  }

  /// {@return a service that speaks no HTTP: the app reads and writes bytes}
  public static ListeningService tcp(String name, ServerApp app) {
    return new ListeningService(name, new StreamService(app));
  }

  /// {@return a service that speaks HTTP}
  public static ListeningService http(String name, HttpServerApp app) {
    return new ListeningService(name, new HttpService(app));
  }

  // --- before the server runs ---

  /// Listens on `ip:port`; port 0 takes a free one, see [#addresses].
  public ListeningService addTcp(String address) {
    return addListener(ListenerConfig.tcp(address));
  }

  /// Listens on a Unix socket.
  ///
  /// @param mode permissions of its file, such as `0660`
  public ListeningService addUds(String path, int mode) {
    return addListener(ListenerConfig.uds(path).withUnixMode(mode));
  }

  /// Listens on `ip:port` with TLS: Mozilla's intermediate profile, HTTP/1.1.
  ///
  /// @param certificate PEM file of the chain
  /// @param key PEM file of the private key
  /// @throws TlsException naming the file and what is wrong with it
  public ListeningService addTls(String address, String certificate, String key)
      throws TlsException {
    return addTlsWithSettings(address, TlsSettings.intermediate(certificate, key));
  }

  /// Listens on `ip:port` with TLS.
  public ListeningService addTlsWithSettings(String address, TlsSettings settings) {
    return addListener(ListenerConfig.tcp(address).withTls(settings));
  }

  public ListeningService addListener(ListenerConfig listener) {
    listeners.add(listener);
    return this;
  }

  /// The limits of every listener that has none of its own.
  public ListeningService limits(Limits own) {
    limits = own;
    return this;
  }

  /// Understands HTTP/2 by prior knowledge on every plain-text listener.
  public ListeningService h2c(boolean understood) {
    h2c = understood;
    return this;
  }

  /// Asks `own` about every connection, before the listener's own filter.
  public ListeningService connectionFilter(ConnectionFilter own) {
    filter = own;
    return this;
  }

  // --- while it runs ---

  @Override
  public String name() {
    return name;
  }

  /// {@return the addresses listened on, with the ports taken, in the order they were added}
  public List<SocketAddress> addresses() {
    return listening.stream().map(Listening::address).toList();
  }

  /// {@return the TLS of each listener, which counts handshakes; in the order they were added, and
  /// empty for plain text}
  public List<Optional<TlsListener>> tls() {
    return List.copyOf(tls);
  }

  /// {@return open downstream connections}
  public int connectionCount() {
    return connections.get();
  }

  @Override
  public void start(ServerRuntime runtime) throws Exception {
    app.start(runtime);
    for (ListenerConfig listener : listeners) {
      listening.add(bind(runtime, listener));
      LOG.log(
          System.Logger.Level.INFO,
          "{0} listens on {1}",
          name,
          Addresses.text(listening.getLast().address()));
    }
    listening.forEach(runtime.connectionLimit()::govern);
  }

  /// Whoever has several services wants to know whose address is taken.
  private Listening bind(ServerRuntime runtime, ListenerConfig listener)
      throws ProxyException, TlsException {
    try {
      StaleSocket.remove(listener.address());
      return listen(runtime, listener);
    } catch (ProxyException e) {
      throw e.withContext("service %s", name);
    }
  }

  private Listening listen(ServerRuntime runtime, ListenerConfig listener)
      throws ProxyException, TlsException {
    Limits bounds = listener.limits() == null ? limits : listener.limits();
    ConnectionApp.Settings settings =
        new ConnectionApp.Settings(bounds, h2c || listener.h2c(), runtime.shutdownWatch());
    ConnectionFilter listenersOwn = listener.filter();
    TlsSettings settingsOfTls = listener.tls();
    TlsListener own =
        settingsOfTls == null ? null : TlsListener.of(settingsOfTls, runtime.tlsProviders());
    Listening bound =
        runtime
            .loops()
            .listen(
                listener.spec(),
                connection -> accept(runtime, connection, listenersOwn, settings, own));
    tls.add(Optional.ofNullable(own));
    return bound;
  }

  /// On the connection's event-loop thread.
  private void accept(
      ServerRuntime runtime,
      Connection connection,
      ConnectionFilter listenersOwn,
      ConnectionApp.Settings settings,
      @Nullable TlsListener secure) {
    SocketAddress peer = connection.remoteAddress();
    if (!filter.accepts(peer)) {
      connection.reset();
      return;
    }
    if (!listenersOwn.accepts(peer)) {
      filter.closed(peer);
      connection.reset();
      return;
    }
    connections.incrementAndGet();
    runtime.connectionLimit().opened();
    connection.onClose(() -> {
      connections.decrementAndGet();
      runtime.connectionLimit().closed();
      listenersOwn.closed(peer);
      filter.closed(peer);
    });
    if (secure == null) {
      app.accepted(connection, settings);
    } else {
      new TlsAcceptance(connection, secure, new Secured(app, connection, settings)).start();
    }
  }

  /// What comes after a handshake.
  private record Secured(ConnectionApp app, Connection connection, ConnectionApp.Settings settings)
      implements TlsAcceptance.Next {
    @Override
    public void secured(RequestThread thread, SslDigest digest) {
      app.secured(connection, thread, digest, settings);
    }

    @Override
    public void tooMany() {
      app.handshakeRefused(connection);
    }
  }

  @Override
  public void stopAccepting() {
    for (Listening own : listening) { // not those that could not be had: they are somebody else's
      own.close();
      StaleSocket.removeQuietly(own.address());
    }
  }

  @Override
  public int inFlight() {
    return connections.get();
  }

  @Override
  public void cleanup() {
    app.cleanup();
  }
}
