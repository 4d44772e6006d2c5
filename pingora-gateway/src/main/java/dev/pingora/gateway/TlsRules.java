// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.ConfigNode;
import dev.pingora.core.configuration.KeyPath;
import dev.pingora.core.configuration.Problems;
import dev.pingora.core.tls.CertificateFiles;
import dev.pingora.core.tls.TlsListener;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.core.tls.UpstreamTls;
import dev.pingora.core.upstreams.TlsOptions;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.CertificateStore;
import dev.pingora.tls.S2nTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.Verify;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `tls:` blocks name exists and fits, and the library can do what they ask for: providers,
/// certificates, keys. Told with the place. One use, one thread.
final class TlsRules {
  private final ConfigNode.Mapping top;
  private final Problems problems;
  private final TlsProviders providers = TlsProviders.installed();
  private final UpstreamTls upstreams = new UpstreamTls(providers, 0);

  TlsRules(ConfigNode.Mapping top, Problems problems) {
    this.top = top;
    this.problems = problems;
  }

  @FunctionalInterface
  private interface Check {
    void run() throws TlsException;
  }

  @FunctionalInterface
  private interface Maker<T> {
    T make() throws TlsException;
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
    boolean sound = check(at.key("provider"), () -> providers.find(tls.provider()));
    List<@Nullable CertKey> pairs = new ArrayList<>();
    for (TlsConf.Certificate pair : tls.certificates()) {
      KeyPath place = at.key("certificates").index(pairs.size());
      pairs.add(made(place, () -> CertificateFiles.check(TlsFiles.entry(pair))));
    }
    TicketKeys tickets = made(at.key("tickets").key("keys"), () -> TlsFiles.tickets(tls.tickets()));
    TlsSettings settings =
        made(
            at.key("client_auth").key("ca"),
            () -> TlsFiles.settings(tls, TlsRules::nothing, null, listener));
    if (!sound || tickets == null || settings == null) {
      return;
    }
    TlsSettings whole =
        settings
            .withTickets(tls.tickets().keys() == null ? null : tickets)
            .withKeyLog(tls.keylog() ? TlsRules::log : null);
    for (int i = 0; i < pairs.size(); i++) {
      CertKey pair = pairs.get(i);
      if (pair != null) {
        honoured(settings, whole, pair, at, i);
      }
    }
  }

  /// Can the library do all of it with a certificate? One context tells; only if not, others tell
  /// what is in the way.
  private void honoured(
      TlsSettings plain, TlsSettings whole, CertKey pair, KeyPath at, int number) {
    TlsException fault = fault(() -> TlsListener.check(whole, pair, providers));
    if (fault == null
        || !check(
            at.key("certificates").index(number),
            () -> TlsListener.check(plain, pair, providers))) {
      return;
    }
    boolean tickets =
        check(
            at.key("tickets").key("keys"),
            () -> TlsListener.check(plain.withTickets(whole.tickets()), pair, providers));
    boolean keyLog =
        check(
            at.key("keylog"),
            () -> TlsListener.check(plain.withKeyLog(whole.keyLog()), pair, providers));
    if (tickets && keyLog) {
      tell(at.key("provider"), fault);
    }
  }

  /// Nothing is said here.
  private static void log(String line) {
    throw new IllegalStateException("secrets of a configuration that is only checked");
  }

  /// No handshake happens here.
  private static CertificateStore nothing() {
    throw new IllegalStateException("certificates of a configuration that is only checked");
  }

  private void upstream(UpstreamTlsConf tls, KeyPath at) {
    int before = problems.count();
    check(at.key("provider"), () -> providers.find(tls.provider()));
    check(at.key("ca"), () -> TlsFiles.roots(tls));
    if (tls.s2n().psk() != null) {
      check(at.key("psk").key("secret"), () -> TlsFiles.s2n(tls.s2n()));
    }
    if (tls.s2n().securityPolicy() != null) {
      check(at.key("s2n_security_policy"), () -> policy(tls));
    }
    check(at.key("client_cert"), () -> TlsFiles.clientCertificate(tls));
    if (problems.count() == before) {
      honoured(tls, at);
    }
  }

  /// As for listeners.
  private void honoured(UpstreamTlsConf tls, KeyPath at) {
    TlsException fault =
        fault(() -> upstreams.check(TlsFiles.options(tls), TlsFiles.clientCertificate(tls)));
    if (fault == null) {
      return;
    }
    TlsOptions plain = TlsOptions.DEFAULT.withProvider(tls.provider());
    boolean certificate =
        check(at.key("client_cert"), () -> upstreams.check(plain, TlsFiles.clientCertificate(tls)));
    boolean curves =
        tls.curves().isEmpty()
            || check(
                at.key("curves"),
                () -> upstreams.check(plain.withProfile(TlsFiles.options(tls).profile()), null));
    if (certificate && curves) {
      tell(at.key("provider"), fault);
    }
  }

  /// Only the library knows the names of its policies.
  private void policy(UpstreamTlsConf tls) throws TlsException {
    S2nTls named = S2nTls.NOTHING.withSecurityPolicy(tls.s2n().securityPolicy());
    TlsOptions plain = TlsOptions.DEFAULT.withProvider(tls.provider()).withVerify(Verify.NONE);
    upstreams.check(plain.withS2n(named), null);
  }

  /// {@return whether all is well}
  private boolean check(KeyPath at, Check check) {
    TlsException fault = fault(check);
    if (fault != null) {
      tell(at, fault);
    }
    return fault == null;
  }

  /// {@return what was made; null when that failed, which is told}
  private <T> @Nullable T made(KeyPath at, Maker<T> maker) {
    try {
      return maker.make();
    } catch (TlsException e) {
      tell(at, e);
      return null;
    }
  }

  private static @Nullable TlsException fault(Check check) {
    try {
      check.run();
      return null;
    } catch (TlsException e) {
      return e;
    }
  }

  private void tell(KeyPath at, TlsException fault) {
    problems.add(at.placeIn(top), at, String.valueOf(fault.getMessage()), "");
  }
}
