// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Loops and the virtual threads bound to them.
@NullMarked
module dev.pingora.runtime {
  requires static org.jspecify;
  requires transitive dev.pingora.error;
  requires transitive dev.pingora.timeout;
  requires jdk.net;
  requires io.netty.common;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.dns;
  requires io.netty.resolver;
  requires io.netty.resolver.dns;
  requires io.netty.transport;
  requires io.netty.transport.unix.common;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.classes.kqueue;
  requires io.netty.transport.classes.io_uring;

  exports dev.pingora.runtime;
}
