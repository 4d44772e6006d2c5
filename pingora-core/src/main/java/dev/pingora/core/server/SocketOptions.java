// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.configuration.Block;
import org.jspecify.annotations.Nullable;

/// Options of a listening socket and of the sockets it accepts: the `socket:` block of a listener.
///
/// SO_REUSEADDR on the listener and TCP_NODELAY on accepted sockets are always set and have no
/// switch here.
///
/// @param backlog connections that the kernel completes and keeps until they are accepted
/// @param fastopen queue of TCP Fast Open requests (Linux); 0 = off
/// @param keepalive probes on accepted sockets; null = the system's
/// @param dscp six-bit differentiated services code point on the listener and on accepted sockets;
///   null = the system's
/// @param receiveBufferBytes SO_RCVBUF of accepted sockets; 0 = the system's
/// @param sendBufferBytes SO_SNDBUF of accepted sockets; 0 = the system's
/// @param reusePort SO_REUSEPORT before bind: one listening socket per event loop
/// @param ipv6Only IPV6_V6ONLY; null = the system's; has no key in the file
public record SocketOptions(
    int backlog,
    int fastopen,
    @Nullable TcpKeepalive keepalive,
    @Nullable Integer dscp,
    int receiveBufferBytes,
    int sendBufferBytes,
    boolean reusePort,
    @Nullable Boolean ipv6Only) {

  /// Refuses values out of bounds, with the name of the key.
  public SocketOptions {
    SocketKeys.BACKLOG.require("backlog", backlog);
    SocketKeys.FASTOPEN.require("fastopen", fastopen);
    if (dscp != null) {
      SocketKeys.DSCP.require("dscp", dscp);
    }
    SocketKeys.BUFFER.require("receive_buffer", receiveBufferBytes);
    SocketKeys.BUFFER.require("send_buffer", sendBufferBytes);
  }

  /// {@return the table of the keys of the `socket:` block, for a reader of files}
  public static Block<Builder, SocketOptions> block() {
    return SocketKeys.BLOCK;
  }

  /// {@return the options in force when nothing is configured}
  public static SocketOptions defaults() {
    return builder().build();
  }

  /// {@return a builder that starts from the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder that starts from these options}
  public Builder toBuilder() {
    return new Builder()
        .backlog(backlog)
        .fastopen(fastopen)
        .keepalive(keepalive)
        .dscp(dscp)
        .receiveBufferBytes(receiveBufferBytes)
        .sendBufferBytes(sendBufferBytes)
        .reusePort(reusePort)
        .ipv6Only(ipv6Only);
  }

  /// Collects [SocketOptions], one setter per component; confined to one thread.
  public static final class Builder {
    private int backlog = 4096;
    private int fastopen;
    private @Nullable TcpKeepalive keepalive;
    private @Nullable Integer dscp;
    private int receiveBufferBytes;
    private int sendBufferBytes;
    private boolean reusePort = true;
    private @Nullable Boolean ipv6Only;

    private Builder() {}

    /// Sets [SocketOptions#backlog].
    public Builder backlog(int backlog) {
      this.backlog = backlog;
      return this;
    }

    /// Sets [SocketOptions#fastopen].
    public Builder fastopen(int fastopen) {
      this.fastopen = fastopen;
      return this;
    }

    /// Sets [SocketOptions#keepalive].
    public Builder keepalive(@Nullable TcpKeepalive keepalive) {
      this.keepalive = keepalive;
      return this;
    }

    /// Sets [SocketOptions#dscp].
    public Builder dscp(@Nullable Integer dscp) {
      this.dscp = dscp;
      return this;
    }

    /// Sets [SocketOptions#receiveBufferBytes].
    public Builder receiveBufferBytes(int receiveBufferBytes) {
      this.receiveBufferBytes = receiveBufferBytes;
      return this;
    }

    /// Sets [SocketOptions#sendBufferBytes].
    public Builder sendBufferBytes(int sendBufferBytes) {
      this.sendBufferBytes = sendBufferBytes;
      return this;
    }

    /// Sets [SocketOptions#reusePort].
    public Builder reusePort(boolean reusePort) {
      this.reusePort = reusePort;
      return this;
    }

    /// Sets [SocketOptions#ipv6Only].
    public Builder ipv6Only(@Nullable Boolean ipv6Only) {
      this.ipv6Only = ipv6Only;
      return this;
    }

    /// {@return the options collected}
    public SocketOptions build() {
      return new SocketOptions(
          backlog,
          fastopen,
          keepalive,
          dscp,
          receiveBufferBytes,
          sendBufferBytes,
          reusePort,
          ipv6Only);
    }
  }
}
