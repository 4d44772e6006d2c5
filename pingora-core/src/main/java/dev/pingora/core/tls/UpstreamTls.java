// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.core.services.Addresses;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.TlsHandshakeComplete;
import dev.pingora.core.upstreams.TlsOptions;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import dev.pingora.tls.TlsSession;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shakes hands with upstreams. Contexts are kept by all that they depend on. Thread-safe.
public final class UpstreamTls {
  /// Most contexts kept; with more combinations of options in use they are made anew.
  static final int MAX_CONTEXTS = 256;

  private static final String S2N = "s2n";

  private final TlsProviders providers;
  private final ContextCache<Key> contexts = new ContextCache<>(MAX_CONTEXTS);
  private final ContextCache<Key> s2n;

  /// @param s2nConfigs contexts of s2n kept; 0 = none
  public UpstreamTls(TlsProviders providers, int s2nConfigs) {
    this.providers = providers;
    this.s2n = new ContextCache<>(s2nConfigs);
  }

  /// Sees whether the library can do all that the options ask for.
  ///
  /// @param certificate shown to the upstream; null for none
  /// @throws TlsException CONFIGURATION: what it cannot
  public void check(TlsOptions options, @Nullable CertKey certificate) throws TlsException {
    Key key = new Key(options, certificate, TlsSettings.HTTP_1_1);
    var _ = providers.find(options.provider()).client(clientTls(key));
  }

  private record Key(TlsOptions options, @Nullable CertKey certificate, String protocol) {}

  /// Shakes hands and puts TLS on the connection, which stays the thread's, whatever happens.
  ///
  /// @param protocol the only one offered (RFC 7301); who agrees on none may speak it all the same
  /// @param deadline on the scale of the loop
  /// @throws ProxyException INVALID_CERT, TLS_HANDSHAKE_FAILURE, TLS_HANDSHAKE_TIMEOUT; source
  ///   UPSTREAM. INTERNAL_ERROR when the options cannot be had. What the peer's hook throws
  public SslDigest secure(
      RequestThread thread, Connection connection, HttpPeer peer, String protocol, long deadline)
      throws ProxyException {
    long began = thread.loop().now();
    TlsContext context = contextOf(peer, protocol);
    TlsSession session = session(context, peer);
    TlsDigest agreed =
        new TlsHandshake(connection, thread, ErrorSource.UPSTREAM, deadline, context.blocks())
            .run(session);
    SslDigest digest = new SslDigest(agreed, null, thread.loop().now() - began);
    TlsHandshakeComplete hook = peer.options().upstreamTlsHandshakeComplete();
    if (hook != null) {
      digest.extension(kept(hook, digest, thread));
    }
    return digest;
  }

  private static @Nullable Object kept(
      TlsHandshakeComplete hook, SslDigest digest, RequestThread thread) throws ProxyException {
    try {
      return hook.keep(digest, thread);
    } catch (ProxyException e) {
      throw e;
    } catch (Exception e) {
      throw ProxyException.explain(
          ErrorKind.INTERNAL_ERROR, e, "upstreamTlsHandshakeComplete threw");
    }
  }

  private TlsContext contextOf(HttpPeer peer, String protocol) throws ProxyException {
    try {
      return context(peer, protocol);
    } catch (TlsException e) {
      throw ProxyException.explain(ErrorKind.INTERNAL_ERROR, e, "no TLS with " + peer);
    }
  }

  private static TlsSession session(TlsContext context, HttpPeer peer) throws ProxyException {
    try {
      String name = peer.sni().isEmpty() ? addressText(peer) : peer.sni();
      return context.session(new TlsContext.ServerId(name, Addresses.text(peer.address())));
    } catch (TlsException e) {
      throw ProxyException.explain(ErrorKind.INTERNAL_ERROR, e, "no TLS with " + peer);
    }
  }

  /// Without a name the certificate must be for the address (RFC 9110 §4.3.4).
  private static String addressText(HttpPeer peer) {
    return peer.address() instanceof InetSocketAddress inet && !inet.isUnresolved()
        ? inet.getAddress().getHostAddress()
        : peer.address() instanceof InetSocketAddress inet ? inet.getHostString() : "";
  }

  private TlsContext context(HttpPeer peer, String protocol) throws TlsException {
    Key key = new Key(peer.options().tls(), peer.clientCertKey(), protocol);
    TlsProvider provider = providers.find(key.options().provider());
    ContextCache<Key> cache = provider.id().equals(S2N) ? s2n : contexts;
    return cache.get(key, own -> provider.client(clientTls(own)));
  }

  private static ClientTls clientTls(Key key) {
    TlsOptions options = key.options();
    return new ClientTls(
        options.profile(),
        List.of(key.protocol()),
        options.verify(),
        options.roots(),
        options.alternativeCn(),
        key.certificate(),
        options.resumption(),
        options.secondKeyshare(),
        options.keyLog(),
        options.s2n(),
        options.nativeSettings());
  }
}
