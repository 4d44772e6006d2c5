// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Linux socket options that Netty has no method for, by their numbers in `<netinet/in.h>` and
/// `<netinet/tcp.h>`.
final class SocketOptions {
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_TCP = 6;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IP_TOS = 1;
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;
  private static final int IP_LOCAL_PORT_RANGE = 51;
  private static final int IPV6_V6ONLY = 26;
  private static final int IPV6_TCLASS = 67;
  private static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_KEEPCNT = 6;
  private static final int TCP_USER_TIMEOUT = 18;
  private static final int TCP_FASTOPEN = 23;
  private static final int TCP_FASTOPEN_CONNECT = 30;

  private SocketOptions() {}

  /// Options of a connected or connecting TCP socket.
  static void tune(Socket socket, SocketTuning tuning) throws IOException {
    socket.setTcpNoDelay(true);
    SocketTuning.Keepalive keepalive = tuning.keepalive();
    if (keepalive != null) {
      socket.setKeepAlive(true);
      socket.setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, keepalive.idle());
      socket.setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, keepalive.interval());
      socket.setIntOpt(IPPROTO_TCP, TCP_KEEPCNT, keepalive.count());
      if (keepalive.userTimeoutMillis() > 0) {
        socket.setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, keepalive.userTimeoutMillis());
      }
    }
    if (tuning.receiveBuffer() > 0) {
      socket.setReceiveBufferSize(tuning.receiveBuffer());
    }
    if (tuning.sendBuffer() > 0) {
      socket.setSendBufferSize(tuning.sendBuffer());
    }
    setDscp(socket, tuning.dscp());
  }

  static void setDscp(Socket socket, int dscp) throws IOException {
    if (dscp < 0) {
      return;
    }
    int trafficClass = dscp << 2; // the lower two bits are ECN's
    if (Socket.isIPv6Preferred()) {
      socket.setIntOpt(IPPROTO_IPV6, IPV6_TCLASS, trafficClass);
    }
    socket.setIntOpt(IPPROTO_IP, IP_TOS, trafficClass);
  }

  static void fastOpenListen(Socket socket, int backlog) throws IOException {
    socket.setIntOpt(IPPROTO_TCP, TCP_FASTOPEN, backlog);
  }

  /// The kernel refuses when `net.ipv4.tcp_fastopen` has the client's bit off, or cannot do it.
  static void fastOpenConnect(Socket socket) throws IOException {
    try {
      socket.setIntOpt(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
    } catch (IOException e) {
      throw new SocketOptionException("tcp_fast_open: the system does not allow it", e);
    }
  }

  static void ipv6Only(Socket socket, boolean only) throws IOException {
    socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, only ? 1 : 0);
  }

  /// The kernel picks the port at connect, when it knows the whole four-tuple.
  static void bindAddressNoPort(Socket socket) throws IOException {
    socket.setIntOpt(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  }

  /// Ignored by kernels before 6.3, which do not know it.
  static void localPortRange(Socket socket, int low, int high) throws IOException {
    ByteBuffer value = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
    value.putInt(high << 16 | low).flip();
    try {
      socket.setRawOpt(IPPROTO_IP, IP_LOCAL_PORT_RANGE, value);
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("not available")) {
        throw e;
      }
    }
  }
}
