// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import java.time.Duration;

/// TCP keep-alive probes of a socket (SO_KEEPALIVE with its three knobs, and TCP_USER_TIMEOUT).
///
/// The kernel counts whole seconds for the first two, milliseconds for the last.
///
/// @param idle silence before the first probe
/// @param interval between two probes
/// @param count probes without an answer after which the connection is dead
/// @param userTimeout how long sent bytes may stay unacknowledged (Linux only); zero = the system's
public record TcpKeepalive(Duration idle, Duration interval, int count, Duration userTimeout) {

  /// Refuses values that the kernel refuses.
  public TcpKeepalive {
    SocketKeys.PROBES.require("keepalive.idle", idle);
    SocketKeys.PROBES.require("keepalive.interval", interval);
    SocketKeys.COUNT.require("keepalive.count", count);
    SocketKeys.USER_TIMEOUT.require("keepalive.user_timeout", userTimeout);
  }

  /// {@return a builder that starts from a minute of silence, then five probes, ten seconds apart}
  public static Builder builder() {
    return new Builder();
  }

  /// Collects a [TcpKeepalive], one setter per component; confined to one thread.
  public static final class Builder {
    private Duration idle = Duration.ofSeconds(60);
    private Duration interval = Duration.ofSeconds(10);
    private int count = 5;
    private Duration userTimeout = Duration.ZERO;

    private Builder() {}

    /// Sets [TcpKeepalive#idle].
    public Builder idle(Duration idle) {
      this.idle = idle;
      return this;
    }

    /// Sets [TcpKeepalive#interval].
    public Builder interval(Duration interval) {
      this.interval = interval;
      return this;
    }

    /// Sets [TcpKeepalive#count].
    public Builder count(int count) {
      this.count = count;
      return this;
    }

    /// Sets [TcpKeepalive#userTimeout].
    public Builder userTimeout(Duration userTimeout) {
      this.userTimeout = userTimeout;
      return this;
    }

    /// {@return the settings collected}
    public TcpKeepalive build() {
      return new TcpKeepalive(idle, interval, count, userTimeout);
    }
  }
}
