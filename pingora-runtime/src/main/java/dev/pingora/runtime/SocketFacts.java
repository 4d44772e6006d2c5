// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What the kernel knows of a socket at one moment.
///
/// @param receiveBuffer SO_RCVBUF in bytes
/// @param sendBuffer SO_SNDBUF in bytes
/// @param cookie SO_COOKIE: names the socket for as long as the system runs; 0 = unknown
/// @param originalDestination where the peer connected to before a redirect by the packet filter;
///   null = there was none
/// @param tcp null for sockets of other kinds
public record SocketFacts(
    int receiveBuffer,
    int sendBuffer,
    long cookie,
    @Nullable InetSocketAddress originalDestination,
    @Nullable TcpFacts tcp) {}
