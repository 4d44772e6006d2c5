// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.listeners.Keepalives;
import dev.pingora.core.server.TcpKeepalive;
import dev.pingora.runtime.SocketTuning;
import dev.pingora.runtime.SocketTweak;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a peer is connected to and talked to. Immutable and shareable; make variants with
/// [#toBuilder]. Every wait has a bound unless it is written as [Duration#ZERO].
///
/// @param connectionTimeout bound of one connect to one address
/// @param totalConnectionTimeout bound of everything until the connection can be used
/// @param readTimeout between two reads while a response is awaited
/// @param writeTimeout between two successful writes
/// @param idleTimeout how long an unused connection is kept; zero keeps none
/// @param alpn protocols offered; has no effect but on reuse until TLS is there
/// @param maxH2Streams streams on one HTTP/2 connection, at most what the peer allows
/// @param groupKey connections of different groups are never shared
/// @param bindTo source of connections, null = as the server's configuration says
/// @param tuning options of the socket
/// @param allowInvalidContentLength a response with an invalid Content-Length ends with the
///   connection instead of failing; what RFC 9112 §6.3 forbids, so for known peers only
/// @param customL4 makes the connections instead of the engine, null = the engine
/// @param socketTweak what else to do to a socket before it connects
/// @param extraProxyHeaders sent with CONNECT beside those of the [ConnectProxy]
/// @param proxyAnswer makes something of a proxy's answer to CONNECT, to be found in the digest
/// @param tracer told of connections and their ends
/// @param tls how TLS is spoken, with peers that are spoken TLS with
/// @param upstreamTlsHandshakeComplete told of each completed handshake; who made a connection that
///   others reuse is the one who was asked
public record PeerOptions(
    Duration connectionTimeout,
    Duration totalConnectionTimeout,
    Duration readTimeout,
    Duration writeTimeout,
    Duration idleTimeout,
    Alpn alpn,
    int maxH2Streams,
    @Nullable BindTo bindTo,
    SocketTuning tuning,
    long groupKey,
    boolean allowInvalidContentLength,
    @Nullable L4Connect customL4,
    @Nullable SocketTweak socketTweak,
    List<Map.Entry<String, String>> extraProxyHeaders,
    @Nullable ProxyAnswer proxyAnswer,
    @Nullable Tracer tracer,
    TlsOptions tls,
    @Nullable TlsHandshakeComplete upstreamTlsHandshakeComplete) {
  /// 5 s to connect, 10 s in all, 60 s for everything else, HTTP/1.1.
  public static final PeerOptions DEFAULT = new Builder().build();

  public PeerOptions {
    requireNonNull(alpn, "alpn");
    requireNonNull(tuning, "tuning");
    requireNonNull(tls, "tls");
    check("connectionTimeout", connectionTimeout);
    check("totalConnectionTimeout", totalConnectionTimeout);
    check("readTimeout", readTimeout);
    check("writeTimeout", writeTimeout);
    check("idleTimeout", idleTimeout);
    extraProxyHeaders = ConnectProxy.checked(extraProxyHeaders);
    if (maxH2Streams < 1) {
      throw new IllegalArgumentException(
          "maxH2Streams: " + maxH2Streams + " (expected: 1 or more)");
    }
  }

  private static void check(String name, Duration duration) {
    if (requireNonNull(duration, name).isNegative()) {
      throw new IllegalArgumentException(name + ": " + duration + " (expected: 0s or more)");
    }
  }

  /// {@return a builder that starts from [#DEFAULT]}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder that starts from these options}
  public Builder toBuilder() {
    return new Builder()
        .connectionTimeout(connectionTimeout)
        .totalConnectionTimeout(totalConnectionTimeout)
        .readTimeout(readTimeout)
        .writeTimeout(writeTimeout)
        .idleTimeout(idleTimeout)
        .alpn(alpn)
        .maxH2Streams(maxH2Streams)
        .bindTo(bindTo)
        .tuning(tuning)
        .groupKey(groupKey)
        .allowInvalidContentLength(allowInvalidContentLength)
        .customL4(customL4)
        .socketTweak(socketTweak)
        .extraProxyHeaders(extraProxyHeaders)
        .proxyAnswer(proxyAnswer)
        .tracer(tracer)
        .tls(tls)
        .upstreamTlsHandshakeComplete(upstreamTlsHandshakeComplete);
  }

  /// Collects options; see the components of [PeerOptions].
  public static final class Builder {
    private Duration connectionTimeout = Duration.ofSeconds(5);
    private Duration totalConnectionTimeout = Duration.ofSeconds(10);
    private Duration readTimeout = Duration.ofSeconds(60);
    private Duration writeTimeout = Duration.ofSeconds(60);
    private Duration idleTimeout = Duration.ofSeconds(60);
    private Alpn alpn = Alpn.H1;
    private int maxH2Streams = 100;
    private @Nullable BindTo bindTo;
    private SocketTuning tuning = SocketTuning.NONE;
    private long groupKey;
    private boolean allowInvalidContentLength;
    private @Nullable L4Connect customL4;
    private @Nullable SocketTweak socketTweak;
    private List<Map.Entry<String, String>> extraProxyHeaders = List.of();
    private @Nullable ProxyAnswer proxyAnswer;
    private @Nullable Tracer tracer;
    private TlsOptions tls = TlsOptions.DEFAULT;
    private @Nullable TlsHandshakeComplete upstreamTlsHandshakeComplete;

    private Builder() {}

    /// Sets [PeerOptions#connectionTimeout]: 5 s unless set, zero = no bound.
    public Builder connectionTimeout(Duration value) {
      connectionTimeout = value;
      return this;
    }

    /// Sets [PeerOptions#totalConnectionTimeout]: 10 s unless set, zero = no bound.
    public Builder totalConnectionTimeout(Duration value) {
      totalConnectionTimeout = value;
      return this;
    }

    /// Sets [PeerOptions#readTimeout]: 60 s unless set, zero = no bound.
    public Builder readTimeout(Duration value) {
      readTimeout = value;
      return this;
    }

    /// Sets [PeerOptions#writeTimeout]: 60 s unless set, zero = no bound.
    public Builder writeTimeout(Duration value) {
      writeTimeout = value;
      return this;
    }

    /// Sets [PeerOptions#idleTimeout]: 60 s unless set, zero keeps no connection.
    public Builder idleTimeout(Duration value) {
      idleTimeout = value;
      return this;
    }

    /// Sets [PeerOptions#alpn]: part of the reuse key; upstreams are asked in HTTP/1.1 so far.
    public Builder alpn(Alpn value) {
      alpn = value;
      return this;
    }

    /// Sets [PeerOptions#maxH2Streams]: 100 unless set, 1 at least; no effect so far.
    public Builder maxH2Streams(int value) {
      maxH2Streams = value;
      return this;
    }

    /// Sets [PeerOptions#bindTo].
    public Builder bindTo(@Nullable BindTo value) {
      bindTo = value;
      return this;
    }

    /// Sets [PeerOptions#tuning].
    public Builder tuning(SocketTuning value) {
      tuning = value;
      return this;
    }

    /// Sets [PeerOptions#groupKey]: 0 unless set.
    public Builder groupKey(long value) {
      groupKey = value;
      return this;
    }

    /// Sets [PeerOptions#allowInvalidContentLength]: false unless set.
    public Builder allowInvalidContentLength(boolean value) {
      allowInvalidContentLength = value;
      return this;
    }

    /// Sets [PeerOptions#customL4].
    public Builder customL4(@Nullable L4Connect value) {
      customL4 = value;
      return this;
    }

    /// Sets [PeerOptions#socketTweak].
    public Builder socketTweak(@Nullable SocketTweak value) {
      socketTweak = value;
      return this;
    }

    /// Sets [PeerOptions#extraProxyHeaders]: names and values, sent in this order.
    public Builder extraProxyHeaders(List<Map.Entry<String, String>> value) {
      extraProxyHeaders = value;
      return this;
    }

    /// Sets [PeerOptions#proxyAnswer].
    public Builder proxyAnswer(@Nullable ProxyAnswer value) {
      proxyAnswer = value;
      return this;
    }

    /// Sets [PeerOptions#tracer].
    public Builder tracer(@Nullable Tracer value) {
      tracer = value;
      return this;
    }

    /// Sets [PeerOptions#tls]: [TlsOptions#DEFAULT] unless set.
    public Builder tls(TlsOptions value) {
      tls = value;
      return this;
    }

    /// Sets [PeerOptions#upstreamTlsHandshakeComplete].
    public Builder upstreamTlsHandshakeComplete(@Nullable TlsHandshakeComplete value) {
      upstreamTlsHandshakeComplete = value;
      return this;
    }

    /// Sets TCP keepalive probes; null leaves them off.
    public Builder tcpKeepalive(@Nullable TcpKeepalive value) {
      return tuning(
          new SocketTuning(
              value == null ? null : Keepalives.of(value),
              tuning.receiveBuffer(),
              tuning.sendBuffer(),
              tuning.dscp(),
              tuning.fastOpen()));
    }

    /// Sets SO_RCVBUF in bytes; 0 leaves the system's.
    public Builder tcpReceiveBuffer(int bytes) {
      return tuning(
          new SocketTuning(
              tuning.keepalive(), bytes, tuning.sendBuffer(), tuning.dscp(), tuning.fastOpen()));
    }

    /// Sets the differentiated services code point, 0 to 63; -1 leaves the system's.
    public Builder dscp(int value) {
      return tuning(
          new SocketTuning(
              tuning.keepalive(),
              tuning.receiveBuffer(),
              tuning.sendBuffer(),
              value,
              tuning.fastOpen()));
    }

    /// Sends the first bytes with the SYN (RFC 7413). Linux with the epoll transport only:
    /// elsewhere connects fail and say so.
    public Builder tcpFastOpen(boolean on) {
      return tuning(
          new SocketTuning(
              tuning.keepalive(),
              tuning.receiveBuffer(),
              tuning.sendBuffer(),
              tuning.dscp(),
              on ? 1 : 0));
    }

    /// Sets the versions of HTTP by their highest and lowest: (1, 1), (2, 2), (2, 1).
    public Builder httpVersion(int max, int min) {
      return alpn(max == 1 ? Alpn.H1 : min == 2 ? Alpn.H2 : Alpn.H2_H1);
    }

    /// {@return the options}
    ///
    /// @throws IllegalArgumentException when a duration is negative or a number out of range
    public PeerOptions build() {
      return new PeerOptions(
          connectionTimeout,
          totalConnectionTimeout,
          readTimeout,
          writeTimeout,
          idleTimeout,
          alpn,
          maxH2Streams,
          bindTo,
          tuning,
          groupKey,
          allowInvalidContentLength,
          customL4,
          socketTweak,
          extraProxyHeaders,
          proxyAnswer,
          tracer,
          tls,
          upstreamTlsHandshakeComplete);
    }
  }
}
