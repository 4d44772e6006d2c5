// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import dev.pingora.core.server.Options;
import dev.pingora.core.server.Server;
import dev.pingora.core.services.ListeningService;
import dev.pingora.core.tls.SslDigest;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.core.upstreams.TlsOptions;
import dev.pingora.http.RequestHeader;
import dev.pingora.lb.LoadBalancer;
import dev.pingora.lb.RoundRobin;
import dev.pingora.proxy.HttpProxyService;
import dev.pingora.proxy.ProxyHttp;
import dev.pingora.proxy.Session;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.Certificates;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.TrustRoots;
import java.nio.file.Files;
import java.nio.file.Path;

/// HTTP and HTTPS listeners over one balancer, and TLS to the servers behind it: a name asked for,
/// a certificate authority of one's own, another name accepted, certificates on both sides.
/// Explained line by line in docs/guide/tls.md.
final class TlsProxy implements ProxyHttp<TlsProxy.Ctx> {
  private final LoadBalancer<RoundRobin> upstreams;
  private final PeerOptions options;
  private final CertKey own;

  /// @param ca who vouches for the servers
  /// @param own the certificate shown to them
  TlsProxy(LoadBalancer<RoundRobin> upstreams, TrustRoots ca, CertKey own) {
    this.upstreams = upstreams;
    this.own = own;
    TlsOptions tls = TlsOptions.DEFAULT.withRoots(ca).withAlternativeCn("origin.example");
    this.options = PeerOptions.builder().tls(tls).build();
  }

  /// Nothing is kept for a request.
  record Ctx() {}

  @Override
  public Ctx newContext() {
    return new Ctx();
  }

  @Override
  public HttpPeer upstreamPeer(Session session, Ctx ctx) {
    return HttpPeer.https(upstreams.select(session.clientAddress()).orElseThrow(), "app.internal")
        .withOptions(options)
        .withClientCertKey(own);
  }

  @Override
  public void upstreamRequestFilter(Session session, RequestHeader upstreamRequest, Ctx ctx) {
    SslDigest ssl = session.connection().ssl();
    upstreamRequest.set("X-Forwarded-Proto", ssl == null ? "http" : "https");
    if (ssl != null) {
      upstreamRequest.set("X-Client-Fingerprint", String.valueOf(ssl.ja4()));
      upstreamRequest.set("X-Client-Names", String.join(", ", ssl.peerNames()));
    }
  }

  /// {@return the service: plain text on one port, TLS on another}
  ///
  /// @param folder holds cert.pem, key.pem, ca.pem, client.pem, client.key
  static ListeningService service(Server server, Path folder, String... backends) throws Exception {
    TrustRoots ca =
        TrustRoots.of(
            Certificates.der(
                Certificates.ofPem(Files.readString(folder.resolve("ca.pem")), "ca.pem")));
    CertKey own = CertKey.fromPem(folder.resolve("client.pem"), folder.resolve("client.key"));
    TlsProxy proxy = new TlsProxy(LoadBalancer.roundRobin(backends), ca, own);

    TlsSettings settings =
        TlsSettings.intermediate(folder + "/cert.pem", folder + "/key.pem")
            .enableH2()
            .withClientAuth(ClientAuth.OPTIONAL, ca);
    return HttpProxyService.of(server.configuration(), proxy)
        .addTcp("127.0.0.1:0")
        .addTlsWithSettings("127.0.0.1:0", settings);
  }

  public static void main(String[] args) throws Exception {
    Server server = Server.create(Options.parse(args));
    server.addService(service(server, Path.of("."), "127.0.0.1:9443", "127.0.0.1:9444"));
    server.runForever();
  }
}
