// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.ConfigNode;
import dev.pingora.core.configuration.KeyPath;
import dev.pingora.core.configuration.Problems;
import dev.pingora.core.tls.CertificateFiles;
import dev.pingora.tls.CertificateStore;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.S2nTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TrustRoots;
import dev.pingora.tls.Verify;

/// What `tls:` blocks name exists and fits: providers, certificates, keys. Told with the place. One
/// use, one thread.
final class TlsRules {
  private final ConfigNode.Mapping top;
  private final Problems problems;
  private final TlsProviders providers = TlsProviders.installed();

  TlsRules(ConfigNode.Mapping top, Problems problems) {
    this.top = top;
    this.problems = problems;
  }

  @FunctionalInterface
  private interface Check {
    void run() throws TlsException;
  }

  /// Looks at all blocks.
  void files(GatewayConf conf) {
    for (int i = 0; i < conf.listeners().size(); i++) {
      ListenerConf listener = conf.listeners().get(i);
      if (listener.tls() != null) {
        listener(listener, listener.tls(), KeyPath.root().key("listeners").index(i).key("tls"));
      }
    }
    conf.upstreams()
        .forEach((name, upstream) -> {
          if (upstream.tls() != null) {
            upstream(upstream.tls(), KeyPath.root().key("upstreams").key(name).key("tls"));
          }
        });
  }

  private void listener(ListenerConf listener, TlsConf tls, KeyPath at) {
    check(at.key("provider"), () -> providers.find(tls.provider()));
    for (int i = 0; i < tls.certificates().size(); i++) {
      TlsConf.Certificate pair = tls.certificates().get(i);
      check(at.key("certificates").index(i), () -> CertificateFiles.check(entry(pair)));
    }
    check(at.key("tickets").key("keys"), () -> TlsFiles.tickets(tls.tickets()));
    check(
        at.key("client_auth").key("ca"),
        () -> TlsFiles.settings(tls, TlsRules::nothing, null, listener));
  }

  /// No handshake happens here.
  private static CertificateStore nothing() {
    throw new IllegalStateException("certificates of a configuration that is only checked");
  }

  private static CertificateFiles.Entry entry(TlsConf.Certificate pair) {
    return new CertificateFiles.Entry(pair.cert(), pair.key(), pair.ocsp(), pair.watch());
  }

  private void upstream(UpstreamTlsConf tls, KeyPath at) {
    check(at.key("provider"), () -> providers.find(tls.provider()));
    check(at.key("ca"), () -> TlsFiles.roots(tls));
    if (tls.s2n().psk() != null) {
      check(at.key("psk").key("secret"), () -> TlsFiles.s2n(tls.s2n()));
    }
    if (tls.s2n().securityPolicy() != null) {
      check(at.key("s2n_security_policy"), () -> policy(tls));
    }
    check(at.key("client_cert"), () -> TlsFiles.clientCertificate(tls));
  }

  /// Only the library knows the names of its policies.
  private void policy(UpstreamTlsConf tls) throws TlsException {
    S2nTls named = S2nTls.NOTHING.withSecurityPolicy(tls.s2n().securityPolicy());
    ClientTls client = ClientTls.standard().withVerify(Verify.NONE, TrustRoots.system());
    var _ = providers.find(tls.provider()).client(client.withS2n(named));
  }

  private void check(KeyPath at, Check check) {
    try {
      check.run();
    } catch (TlsException e) {
      problems.add(at.placeIn(top), at, String.valueOf(e.getMessage()), "");
    }
  }
}
