// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import io.netty.channel.ChannelException;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

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
  private static final int TCP_INFO = 11;
  private static final int SOL_SOCKET = 1;
  private static final int SO_COOKIE = 57;
  private static final int SO_ORIGINAL_DST = 80;

  // sizeof
  private static final int SOCKADDR_IN = 16;
  private static final int SOCKADDR_IN6 = 28;

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
    } catch (IOException | ChannelException e) {
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
    } catch (IOException | ChannelException e) { // Netty's natives throw the latter
      if (!String.valueOf(e.getMessage()).contains("not available")) {
        throw e;
      }
    }
  }

  /// What the kernel tells of a socket; what it does not tell is 0 or null.
  static SocketFacts facts(Socket socket) {
    ByteBuffer info = raw(socket, IPPROTO_TCP, TCP_INFO, TcpFacts.LENGTH);
    ByteBuffer cookie = raw(socket, SOL_SOCKET, SO_COOKIE, Long.BYTES);
    return new SocketFacts(
        orZero(socket::getReceiveBufferSize),
        orZero(socket::getSendBufferSize),
        cookie == null ? 0 : cookie.getLong(0),
        originalDestination(socket),
        info == null ? null : TcpFacts.read(info));
  }

  /// `SO_ORIGINAL_DST`, the address before `iptables -j REDIRECT`: a `sockaddr_in` or
  /// `sockaddr_in6`, its port and address in network order.
  private static @Nullable InetSocketAddress originalDestination(Socket socket) {
    ByteBuffer four = raw(socket, IPPROTO_IP, SO_ORIGINAL_DST, SOCKADDR_IN);
    ByteBuffer six = four == null ? raw(socket, IPPROTO_IPV6, SO_ORIGINAL_DST, SOCKADDR_IN6) : null;
    ByteBuffer found = four == null ? six : four;
    if (found == null) {
      return null;
    }
    byte[] address = new byte[four == null ? 16 : 4];
    found.order(ByteOrder.BIG_ENDIAN).get(four == null ? 8 : 4, address);
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(address), Short.toUnsignedInt(found.getShort(2)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // of wrong lengths only
    }
  }

  private static @Nullable ByteBuffer raw(Socket socket, int level, int option, int length) {
    ByteBuffer value = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
    try {
      socket.getRawOpt(level, option, value);
      return value.clear();
    } catch (IOException | ChannelException e) {
      return null; // not of this kind of socket, or not of this kernel
    }
  }

  private interface IntOption {
    int read() throws IOException;
  }

  private static int orZero(IntOption option) {
    try {
      return option.read();
    } catch (IOException | ChannelException e) {
      return 0;
    }
  }
}
