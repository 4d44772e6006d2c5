// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.services.Addresses;
import dev.pingora.tls.CertKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/// Where one request goes: address, scheme, name, options. Immutable; make it once and use it for
/// every request, or make one a request.
public final class HttpPeer {
  private final SocketAddress address;
  private final Scheme scheme;
  private final String sni;
  private final PeerOptions options;
  private final @Nullable Endpoint endpoint;
  private final @Nullable ConnectProxy proxy;
  private final @Nullable CertKey clientCertKey;
  private final ReuseKey reuseKey;

  private HttpPeer(
      SocketAddress address,
      Scheme scheme,
      String sni,
      PeerOptions options,
      @Nullable Endpoint endpoint,
      @Nullable ConnectProxy proxy,
      @Nullable CertKey clientCertKey) {
    this.address = requireNonNull(address, "address");
    this.scheme = scheme;
    this.sni = requireNonNull(sni, "sni");
    this.options = requireNonNull(options, "options");
    this.endpoint = endpoint;
    this.proxy = proxy;
    this.clientCertKey = clientCertKey;
    this.reuseKey = new ReuseKey(this);
  }

  /// With or without TLS.
  public enum Scheme {
    HTTP,
    HTTPS
  }

  /// {@return a peer without TLS}
  ///
  /// @param address `ip:port`, `[ip6]:port`, `host:port` (looked up at each connect) or
  ///   `unix:/path`
  /// @throws IllegalArgumentException when it is none of these
  public static HttpPeer http(String address) {
    return http(Address.peer(address));
  }

  /// {@return a peer at this address, unresolved ones are looked up at each connect}
  public static HttpPeer http(SocketAddress address) {
    return new HttpPeer(address, Scheme.HTTP, "", PeerOptions.DEFAULT, null, null, null);
  }

  /// {@return a peer behind a backend, to which the engine reports how the attempt goes}
  public static HttpPeer http(Endpoint endpoint) {
    return new HttpPeer(
        endpoint.address(), Scheme.HTTP, "", PeerOptions.DEFAULT, endpoint, null, null);
  }

  /// {@return a peer on a Unix socket}
  public static HttpPeer uds(String path) {
    return http(UnixDomainSocketAddress.of(path));
  }

  /// {@return a peer with TLS}
  ///
  /// @param address as in [#http(String)]
  /// @param sni the name asked for, which the certificate must be for; empty = the address
  public static HttpPeer https(String address, String sni) {
    return https(Address.peer(address), sni);
  }

  /// {@return a peer with TLS at this address}
  public static HttpPeer https(SocketAddress address, String sni) {
    return new HttpPeer(address, Scheme.HTTPS, sni, PeerOptions.DEFAULT, null, null, null);
  }

  /// {@return a peer with TLS behind a backend}
  public static HttpPeer https(Endpoint endpoint, String sni) {
    return new HttpPeer(
        endpoint.address(), Scheme.HTTPS, sni, PeerOptions.DEFAULT, endpoint, null, null);
  }

  /// {@return a peer with TLS that is shown our certificate}
  public static HttpPeer mtls(String address, String sni, CertKey certificate) {
    return https(address, sni).withClientCertKey(certificate);
  }

  /// {@return a peer, with TLS or without}
  ///
  /// @param sni as in [#https(String, String)]; without TLS of no use
  public static HttpPeer of(String address, boolean tls, String sni) {
    return tls ? https(address, sni) : http(address);
  }

  /// {@return this peer, shown our certificate when it asks; null for none}
  public HttpPeer withClientCertKey(@Nullable CertKey certificate) {
    return new HttpPeer(address, scheme, sni, options, endpoint, proxy, certificate);
  }

  /// {@return this peer, connected to with these options}
  public HttpPeer withOptions(PeerOptions other) {
    return new HttpPeer(address, scheme, sni, other, endpoint, proxy, clientCertKey);
  }

  /// {@return this peer, reached through an HTTP proxy}
  public HttpPeer withProxy(ConnectProxy through) {
    return new HttpPeer(address, scheme, sni, options, endpoint, through, clientCertKey);
  }

  public SocketAddress address() {
    return address;
  }

  public Scheme scheme() {
    return scheme;
  }

  /// {@return the name asked for in TLS; empty for none}
  public String sni() {
    return sni;
  }

  public PeerOptions options() {
    return options;
  }

  /// {@return the backend behind the address; null when the peer was made from an address}
  public @Nullable Endpoint endpoint() {
    return endpoint;
  }

  public @Nullable ConnectProxy proxy() {
    return proxy;
  }

  /// {@return the certificate shown when the peer asks; null for none}
  public @Nullable CertKey clientCertKey() {
    return clientCertKey;
  }

  /// {@return what must agree for a connection to be shared}
  public ReuseKey reuseKey() {
    return reuseKey;
  }

  /// {@return the authority for a request that has none}
  public String authority() {
    return address instanceof InetSocketAddress ? Addresses.text(address) : "localhost";
  }

  @Override
  public String toString() {
    String text = "addr: " + Addresses.text(address) + ", scheme: " + scheme;
    ConnectProxy through = proxy;
    return text
        + (sni.isEmpty() ? "" : ", sni: " + sni)
        + (clientCertKey == null ? "" : ", client certificate: " + clientCertKey)
        + (through == null ? "" : ", proxy: " + Addresses.text(through.nextHop()));
  }
}
