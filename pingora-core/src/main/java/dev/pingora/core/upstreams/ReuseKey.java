// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import dev.pingora.runtime.SocketTuning;
import dev.pingora.runtime.SocketTweak;
import dev.pingora.tls.CertKey;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// All that must agree before a connection made for one peer may serve another. Compared in full;
/// the hash is computed once.
///
/// Bounds in time, limits of one exchange and observers are no part of it: they are taken from the
/// peer of each exchange. (The server's own choice of source addresses is the same for all.)
@SuppressWarnings("ReferenceEquality") // a custom connect, tweak or key is its own identity
public final class ReuseKey {
  private final SocketAddress address;
  private final HttpPeer.Scheme scheme;
  private final String sni;
  private final Alpn alpn;
  private final @Nullable BindTo bindTo;
  private final SocketTuning tuning;
  private final @Nullable SocketTweak socketTweak;
  private final List<Map.Entry<String, String>> extraProxyHeaders;
  private final long groupKey;
  private final @Nullable L4Connect customL4;
  private final @Nullable ConnectProxy proxy;
  private final @Nullable TlsOptions tls;
  private final @Nullable CertKey clientCertKey;
  private final int hash;

  ReuseKey(HttpPeer peer) {
    PeerOptions options = peer.options();
    this.address = peer.address();
    this.scheme = peer.scheme();
    this.sni = peer.sni();
    this.alpn = options.alpn();
    this.bindTo = options.bindTo();
    this.tuning = options.tuning();
    this.socketTweak = options.socketTweak();
    this.extraProxyHeaders = options.extraProxyHeaders();
    this.groupKey = options.groupKey();
    this.customL4 = options.customL4();
    this.proxy = peer.proxy();
    boolean secure = scheme == HttpPeer.Scheme.HTTPS;
    this.tls = secure ? options.tls() : null;
    this.clientCertKey = secure ? peer.clientCertKey() : null;
    int h = address.hashCode() * 31 + sni.hashCode();
    h = h * 31 + scheme.hashCode() + alpn.hashCode();
    h = h * 31 + Objects.hashCode(bindTo);
    h = h * 31 + Objects.hashCode(proxy);
    this.hash = h * 31 + Long.hashCode(groupKey);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof ReuseKey that
            && hash == that.hash
            && groupKey == that.groupKey
            && scheme == that.scheme
            && alpn == that.alpn
            && address.equals(that.address)
            && sni.equals(that.sni)
            && Objects.equals(bindTo, that.bindTo)
            && tuning.equals(that.tuning)
            && Objects.equals(proxy, that.proxy)
            && extraProxyHeaders.equals(that.extraProxyHeaders)
            && socketTweak == that.socketTweak
            && customL4 == that.customL4
            && clientCertKey == that.clientCertKey
            && Objects.equals(tls, that.tls));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
