// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.upstreams;

import static java.util.Objects.requireNonNull;

import dev.pingora.runtime.SocketTuning;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How a peer is connected to and talked to. Immutable and shareable; make variants with
/// [#toBuilder]. Every wait has a bound unless it is written as [Duration#ZERO].
///
/// @param connectionTimeout bound of one connect to one address
/// @param totalConnectionTimeout bound of everything until the connection can be used
/// @param readTimeout between two reads while a response is awaited
/// @param writeTimeout between two successful writes
/// @param idleTimeout how long an unused connection is kept; zero keeps none
/// @param maxH2Streams streams on one HTTP/2 connection, at most what the peer allows
/// @param groupKey connections of different groups are never shared
/// @param allowInvalidContentLength a response with an invalid Content-Length ends with the
///   connection instead of failing
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
    @Nullable L4Connect customL4) {
  /// 5 s to connect, 10 s in all, 60 s for everything else, HTTP/1.1.
  public static final PeerOptions DEFAULT = new Builder().build();

  public PeerOptions {
    requireNonNull(alpn, "alpn");
    requireNonNull(tuning, "tuning");
    check("connectionTimeout", connectionTimeout);
    check("totalConnectionTimeout", totalConnectionTimeout);
    check("readTimeout", readTimeout);
    check("writeTimeout", writeTimeout);
    check("idleTimeout", idleTimeout);
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

  public static Builder builder() {
    return new Builder();
  }

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
        .customL4(customL4);
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

    private Builder() {}

    public Builder connectionTimeout(Duration value) {
      connectionTimeout = value;
      return this;
    }

    public Builder totalConnectionTimeout(Duration value) {
      totalConnectionTimeout = value;
      return this;
    }

    public Builder readTimeout(Duration value) {
      readTimeout = value;
      return this;
    }

    public Builder writeTimeout(Duration value) {
      writeTimeout = value;
      return this;
    }

    public Builder idleTimeout(Duration value) {
      idleTimeout = value;
      return this;
    }

    public Builder alpn(Alpn value) {
      alpn = value;
      return this;
    }

    public Builder maxH2Streams(int value) {
      maxH2Streams = value;
      return this;
    }

    public Builder bindTo(@Nullable BindTo value) {
      bindTo = value;
      return this;
    }

    public Builder tuning(SocketTuning value) {
      tuning = value;
      return this;
    }

    public Builder groupKey(long value) {
      groupKey = value;
      return this;
    }

    public Builder allowInvalidContentLength(boolean value) {
      allowInvalidContentLength = value;
      return this;
    }

    public Builder customL4(@Nullable L4Connect value) {
      customL4 = value;
      return this;
    }

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
          customL4);
    }
  }
}
