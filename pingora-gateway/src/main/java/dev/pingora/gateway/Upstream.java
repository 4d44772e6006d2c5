// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.http.ResponseHeader;
import dev.pingora.lb.Backend;
import dev.pingora.lb.BalancerStatus;
import dev.pingora.lb.CheckRules;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.proxy.Session;
import dev.pingora.proxy.StickyCookie;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.TlsException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One entry of `upstreams:` made ready: a balancer whose backends each have their peer, and the
/// cookie that keeps clients at theirs. Thread-safe.
final class Upstream {
  /// Most addresses that cookies may name.
  private static final int MAX_NAMED = 200_000;

  private final String name;
  private final LoadBalancer<?> balancer;
  private final BalanceKey key;
  private final boolean needsService;
  private final @Nullable StickyCookie sticky;

  /// Addresses by what the cookie calls them. Grows with every address that discovery ever named,
  /// so it is bounded.
  private final Map<String, SocketAddress> named = new ConcurrentHashMap<>();

  /// What a backend is called in a cookie.
  private record Label(String text) {}

  /// @throws TlsException naming a file of its TLS and what is wrong with it
  Upstream(String name, UpstreamConf conf) throws TlsException {
    this.name = name;
    this.key = conf.balance().key();
    this.needsService = conf.discovery() != null || conf.balance().healthCheck() != null;
    BalanceConf.Sticky stays = conf.balance().sticky();
    this.sticky =
        stays == null ? null : StickyCookie.of(stays.cookie(), stays.ttl(), stays.secret());
    PeerOptions options = options(conf);
    Function<Backend, HttpPeer> peers = peers(conf, options);
    this.balancer =
        Balancers.of(
            name, conf, rules(conf, options), backend -> prepared(backend, peers.apply(backend)));
  }

  private Backend prepared(Backend backend, HttpPeer peer) {
    Backend prepared = backend.with(peer);
    StickyCookie cookie = sticky;
    if (cookie == null) {
      return prepared;
    }
    Label label = new Label(cookie.label(Addresses.text(backend.address())));
    if (named.size() >= MAX_NAMED) {
      named.clear(); // the sessions of those who stay are balanced anew
    }
    named.put(label.text(), backend.address());
    return prepared.with(label);
  }

  private static CheckRules rules(UpstreamConf conf, PeerOptions options) throws TlsException {
    UpstreamTlsConf tls = conf.tls();
    if (tls == null) {
      return CheckRules.STANDARD;
    }
    return CheckRules.STANDARD.withTls(
        tls.sni() == null ? "" : tls.sni(), options, TlsFiles.clientCertificate(tls));
  }

  private static Function<Backend, HttpPeer> peers(UpstreamConf conf, PeerOptions options)
      throws TlsException {
    UpstreamTlsConf tls = conf.tls();
    if (tls == null) {
      return backend -> HttpPeer.http(backend).withOptions(options);
    }
    CertKey shown = TlsFiles.clientCertificate(tls);
    String sni = tls.sni() == null ? "" : tls.sni();
    return backend ->
        HttpPeer.https(backend, sni.isEmpty() ? hostName(backend) : sni)
            .withOptions(options)
            .withClientCertKey(shown);
  }

  /// {@return the name of a backend that has one, else nothing: the certificate must then be for
  /// the IP address}
  private static String hostName(Backend backend) {
    return backend.address() instanceof InetSocketAddress inet && inet.isUnresolved()
        ? inet.getHostString()
        : "";
  }

  private static PeerOptions options(UpstreamConf conf) throws TlsException {
    UpstreamConf.Timeouts timeouts = conf.timeouts();
    PeerOptions.Builder options =
        PeerOptions.builder()
            .connectionTimeout(timeouts.connect())
            .totalConnectionTimeout(timeouts.totalConnect())
            .readTimeout(timeouts.read())
            .writeTimeout(timeouts.write())
            .idleTimeout(timeouts.idle());
    UpstreamTlsConf tls = conf.tls();
    return tls == null ? options.build() : options.tls(TlsFiles.options(tls)).build();
  }

  String name() {
    return name;
  }

  /// {@return what discovers and checks in the background; null when nothing does}
  @Nullable BackgroundService service() {
    return needsService ? BackgroundService.of("upstream " + name, balancer) : null;
  }

  /// {@return how its servers are}
  BalancerStatus status() {
    return balancer.status();
  }

  /// {@return a server for the first attempt of a request: the client's own, if it has one that
  /// takes work; null when no server does}
  @Nullable Backend select(Session session, ClientAddresses clients) {
    StickyCookie cookie = sticky;
    String label = cookie == null ? null : cookie.read(session.request().headers());
    SocketAddress own = label == null ? null : named.get(label);
    Object hashed = key.of(session, clients);
    return (own == null ? balancer.select(hashed) : balancer.select(hashed, own)).orElse(null);
  }

  /// {@return a server for another attempt: one that was not tried, if there is one that takes
  /// work}
  @Nullable Backend selectOther(Session session, ClientAddresses clients, List<Backend> tried) {
    return balancer.select(key.of(session, clients), tried).orElse(null);
  }

  /// {@return the peer of a server of this upstream}
  static HttpPeer peer(Backend backend) {
    HttpPeer peer = backend.extension(HttpPeer.class);
    if (peer == null) {
      throw new IllegalStateException("a backend without a peer: " + backend);
    }
    return peer;
  }

  /// Tells the client to come back to a server, unless its cookie says so and will for long.
  ///
  /// @param secure whether it came by TLS
  void stick(Session session, ResponseHeader response, Backend backend, boolean secure) {
    StickyCookie cookie = sticky;
    Label label = backend.extension(Label.class);
    if (cookie != null && label != null) {
      cookie.write(session.request().headers(), response, label.text(), secure);
    }
  }

  /// {@return the address as the configuration writes it}
  static String text(Address address) {
    return address.toString();
  }

  @Override
  public String toString() {
    return balancer.toString();
  }
}
