// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.lb.Backend;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.RoundRobin;
import dev.pingora.tls.CertifiedKey;
import dev.pingora.tls.TlsException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One entry of `upstreams:` made ready: a balancer whose backends each have their peer.
/// Thread-safe.
final class Upstream {
  private final String name;
  private final LoadBalancer<RoundRobin> balancer;

  /// @throws TlsException naming a file of its TLS and what is wrong with it
  Upstream(String name, UpstreamConf conf) throws TlsException {
    this.name = name;
    List<Backend> backends =
        conf.servers().stream().map(s -> Backend.of(s.address().toString(), s.weight())).toList();
    Function<Backend, HttpPeer> peers = peers(conf);
    this.balancer =
        LoadBalancer.builder(name, RoundRobin::of)
            .prepare(backend -> backend.with(peers.apply(backend)))
            .backends(backends)
            .build();
  }

  private static Function<Backend, HttpPeer> peers(UpstreamConf conf) throws TlsException {
    PeerOptions plain = options(conf.timeouts());
    UpstreamTlsConf tls = conf.tls();
    if (tls == null) {
      return backend -> HttpPeer.http(backend).withOptions(plain);
    }
    PeerOptions options = plain.toBuilder().tls(TlsFiles.options(tls)).build();
    CertifiedKey shown = TlsFiles.clientCertificate(tls);
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

  private static PeerOptions options(UpstreamConf.Timeouts timeouts) {
    return PeerOptions.builder()
        .connectionTimeout(timeouts.connect())
        .totalConnectionTimeout(timeouts.totalConnect())
        .readTimeout(timeouts.read())
        .writeTimeout(timeouts.write())
        .idleTimeout(timeouts.idle())
        .build();
  }

  String name() {
    return name;
  }

  /// {@return a peer for this request; null when no server takes work}
  @Nullable HttpPeer select(Object key) {
    Backend backend = balancer.select(key).orElse(null);
    return backend == null ? null : backend.extension(HttpPeer.class);
  }

  /// {@return the address as the configuration writes it}
  static String text(Address address) {
    return address.toString();
  }

  @Override
  public String toString() {
    return name
        + " ("
        + String.join(
            ", ", balancer.backends().stream().map(b -> Addresses.text(b.address())).toList())
        + ")";
  }
}
