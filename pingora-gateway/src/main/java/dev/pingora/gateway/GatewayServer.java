// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.CidrSet;
import dev.pingora.core.listeners.ListenerConfig;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.services.HttpServerService;
import dev.pingora.core.services.ListeningService;
import dev.pingora.core.tls.TlsListener;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.lb.BalancerStatus;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.timeout.Ticker;
import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The ready-made proxy: a configuration turned into a running server.
final class GatewayServer implements AutoCloseable {
  /// The owner's only.
  private static final int ADMIN_UNIX_MODE = 0600;

  private static final System.Logger LOG = System.getLogger(GatewayServer.class.getName());

  private final Server server;
  private final ListeningService service;
  private final List<Upstream> upstreams;
  private final List<Route> routes;
  private final @Nullable AccessLog accessLog;
  private final @Nullable ListeningService admin;

  private GatewayServer(
      Server server,
      ListeningService service,
      List<Upstream> upstreams,
      List<Route> routes,
      @Nullable AccessLog accessLog,
      @Nullable AdminConf admin) {
    this.server = server;
    this.service = service;
    this.upstreams = upstreams;
    this.routes = routes;
    this.accessLog = accessLog;
    this.admin = admin == null ? null : admin(admin);
  }

  private ListeningService admin(AdminConf conf) {
    SocketAddress address = conf.address().toListener();
    boolean local =
        !(address instanceof InetSocketAddress inet) || inet.getAddress().isLoopbackAddress();
    if (!local) {
      LOG.log(
          System.Logger.Level.WARNING,
          "admin: whoever reaches {0} is told about all servers",
          Addresses.text(address));
    }
    ListeningService own =
        HttpServerService.of("admin", new Admin(() -> this, local))
            .addListener(ListenerConfig.of(address).withUnixMode(ADMIN_UNIX_MODE));
    server.addService(own);
    return own;
  }

  /// {@return a gateway that is configured and does not run yet}
  ///
  /// @throws ProxyException when a file that the configuration names cannot be read or written
  static GatewayServer of(GatewayConf conf) throws ProxyException {
    return of(conf, Ticker.system());
  }

  /// {@return the same with another clock, for rates}
  static GatewayServer of(GatewayConf conf, Ticker ticker) throws ProxyException {
    Map<String, Upstream> upstreams = upstreams(conf);
    List<Route> routes = new ArrayList<>();
    List<RouteTable.Rule<Route>> rules = new ArrayList<>();
    for (RouteConf route : conf.routes()) {
      Route ready = new Route(route, upstreams, ticker);
      routes.add(ready);
      rules.add(new RouteTable.Rule<>(route.match(), ready));
    }
    AccessLog log = openLog(conf.accessLog());
    GatewayProxy proxy =
        new GatewayProxy(RouteTable.of(rules), CidrSet.of(conf.trustedProxies()), log);
    Server server = Server.create(conf.server(), conf.limits());
    ListeningService service =
        HttpProxyService.of(conf.server(), proxy, "gateway", null).limits(conf.limits());
    ListenerTls tls = new ListenerTls();
    for (ListenerConf listener : conf.listeners()) {
      service.addListener(listener(listener).withTls(tls(tls, listener)));
    }
    tls.services().forEach(server::addService);
    for (Upstream upstream : upstreams.values()) {
      BackgroundService upkeep = upstream.service();
      if (upkeep != null) {
        server.addService(upkeep); // before the listeners: they serve when servers are known
      }
    }
    server.addService(service);
    return new GatewayServer(
        server, service, List.copyOf(upstreams.values()), List.copyOf(routes), log, conf.admin());
  }

  private static Map<String, Upstream> upstreams(GatewayConf conf) throws ProxyException {
    Map<String, Upstream> upstreams = new LinkedHashMap<>();
    for (Map.Entry<String, UpstreamConf> entry : conf.upstreams().entrySet()) {
      try {
        upstreams.put(entry.getKey(), new Upstream(entry.getKey(), entry.getValue()));
      } catch (TlsException e) {
        throw ProxyException.explain(
            ErrorKind.FILE_READ_ERROR, e, "upstreams.%s.tls", entry.getKey());
      }
    }
    return upstreams;
  }

  private static @Nullable TlsSettings tls(ListenerTls all, ListenerConf listener)
      throws ProxyException {
    try {
      return listener.tls() == null ? null : all.settings(listener);
    } catch (TlsException e) {
      throw ProxyException.explain(
          ErrorKind.FILE_READ_ERROR, e, "tls of listener %s", listener.address());
    }
  }

  private static @Nullable AccessLog openLog(@Nullable AccessLogConf conf) throws ProxyException {
    if (conf == null) {
      return null;
    }
    try {
      return AccessLog.open(conf);
    } catch (IOException e) {
      throw ProxyException.explain(
          ErrorKind.FILE_OPEN_ERROR, e, "access_log: %s", String.valueOf(conf.path()));
    }
  }

  private static ListenerConfig listener(ListenerConf conf) {
    return ListenerConfig.of(conf.address().toListener())
        .withSocket(conf.socket())
        .withLimits(conf.limits())
        .withUnixMode(conf.mode())
        .withH2c(conf.protocols().contains(ListenerConf.Protocol.H2C))
        .withFilter(new ClientLimits(conf));
  }

  Server server() {
    return server;
  }

  /// {@return the addresses listened on, once it runs}
  List<SocketAddress> addresses() {
    return service.addresses();
  }

  /// {@return the TLS of each listener, once it runs, in the same order; empty for plain text}
  List<Optional<TlsListener>> tls() {
    return service.tls();
  }

  /// {@return the routes, in the order of the configuration}
  List<Route> routes() {
    return routes;
  }

  /// {@return the address of the administration interface, once it runs; null when there is none}
  @Nullable SocketAddress adminAddress() {
    return admin == null ? null : admin.addresses().getFirst();
  }

  /// {@return open connections of clients}
  int connections() {
    return service.connectionCount();
  }

  @Nullable AccessLog accessLog() {
    return accessLog;
  }

  /// {@return how the servers of each upstream are, in the order of the configuration}
  List<BalancerStatus> status() {
    return upstreams.stream().map(Upstream::status).toList();
  }

  /// Runs until a shutdown.
  void run() throws ProxyException {
    try {
      server.run();
    } finally {
      closeLog();
    }
  }

  /// Starts, and returns when it serves.
  void start() throws ProxyException {
    server.start();
  }

  /// Opens the file of the access log anew: it was moved away. Any thread.
  void reopenLog() {
    AccessLog log = accessLog;
    if (log != null) {
      log.reopen();
    }
  }

  /// Stops, when what is in flight has ended.
  @Override
  public void close() {
    server.shutdown(Shutdown.GRACEFUL);
    server.awaitEnd();
    closeLog();
  }

  private void closeLog() {
    AccessLog log = accessLog;
    if (log != null) {
      log.close();
    }
  }
}
