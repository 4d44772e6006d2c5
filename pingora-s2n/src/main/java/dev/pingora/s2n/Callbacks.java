// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.KeyLog;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What s2n-tls calls back: one stub for each kind, for all sessions.
///
/// The session is found by the tag of the connection; one that is closed is not found. They run on
/// the thread that drives the session, in the midst of a downcall. No exception may leave them: it
/// would end the JVM.
@SuppressWarnings("UnusedMethod") // called by native code
final class Callbacks {
  private static final int FINE = 0;
  private static final int FAILED = -1;

  /// What a ticket may be long; a chain in it would be longer.
  private static final long MAX_TICKET = 64 * 1024;

  final long receive;
  final long send;
  final long hello;
  final long host;
  final long chain;
  final long ticket;
  final long keyLog;
  final long sign;

  private final S2n library;

  Callbacks(S2n library) throws TlsException {
    this.library = library;
    receive = stub("onReceive", int.class, long.class, long.class, int.class);
    send = stub("onSend", int.class, long.class, long.class, int.class);
    hello = stub("onHello", int.class, long.class, long.class);
    host = stub("onHost", byte.class, long.class, long.class, long.class);
    chain = stub("onChain", int.class, long.class, long.class, long.class);
    ticket = stub("onTicket", int.class, long.class, long.class, long.class);
    keyLog = stub("onKeyLog", int.class, long.class, long.class, long.class, long.class);
    sign = stub("onSign", int.class, long.class, long.class);
  }

  private long stub(String name, Class<?> result, Class<?>... arguments) throws TlsException {
    try {
      var target =
          MethodHandles.lookup().bind(this, name, MethodType.methodType(result, arguments));
      List<MemoryLayout> layouts = new ArrayList<>();
      for (Class<?> argument : arguments) {
        layouts.add(argument == int.class ? JAVA_INT : JAVA_LONG);
      }
      MemoryLayout[] all = layouts.toArray(new MemoryLayout[0]);
      return NativeLibrary.upcall(
          target, FunctionDescriptor.of(result == byte.class ? JAVA_BYTE : JAVA_INT, all));
    } catch (ReflectiveOperationException e) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "no callback " + name, e);
    }
  }

  private @Nullable S2nSession session(long connection) {
    return library.sessions.find(library.connections.tag(connection));
  }

  /// s2n_recv_fn.
  int onReceive(long tag, long into, int most) {
    try {
      S2nSession session = library.sessions.find(tag);
      if (session == null) {
        return FAILED;
      }
      int taken = session.wire().onReceive(into, most);
      if (taken == 0) {
        library.system.tryAgain(); // the last act: errno must still say so when we are back
        return FAILED;
      }
      return taken;
    } catch (Throwable e) {
      return FAILED;
    }
  }

  /// s2n_send_fn.
  int onSend(long tag, long from, int length) {
    try {
      S2nSession session = library.sessions.find(tag);
      return session != null && session.wire().onSend(from, length) ? length : FAILED;
    } catch (Throwable e) {
      return FAILED;
    }
  }

  /// s2n_client_hello_fn, of a server that insists on ALPN.
  int onHello(long connection, long unused) {
    try {
      S2nSession session = session(connection);
      return session != null && session.onHello() ? FINE : FAILED;
    } catch (Throwable e) {
      return FAILED;
    }
  }

  /// s2n_verify_host_fn: any name will do here, where it is not told whether it is the common name.
  /// The names that count are looked at in [#onChain].
  byte onHost(long name, long length, long unused) {
    return 1;
  }

  /// s2n_cert_validation_callback: the chain is good; whether it is for the one asked for.
  int onChain(long connection, long information, long unused) {
    try {
      S2nSession session = session(connection);
      if (session != null && session.acceptsNames()) {
        return library.connections.acceptChain(information);
      }
      return library.connections.rejectChain(information);
    } catch (Throwable e) {
      return FAILED;
    }
  }

  /// s2n_session_ticket_fn, of a client.
  int onTicket(long connection, long unused, long ticket) {
    try {
      S2nSession session = session(connection);
      if (session == null) {
        return FINE;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment length = arena.allocate(JAVA_LONG);
        MemorySegment lifetime = arena.allocate(JAVA_INT);
        ConnectionCalls calls = library.connections;
        if (calls.ticketLength(ticket, length.address()) < 0
            || calls.ticketLifetime(ticket, lifetime.address()) < 0
            || length.get(JAVA_LONG, 0) > MAX_TICKET) {
          return FINE;
        }
        MemorySegment octets = arena.allocate(length.get(JAVA_LONG, 0));
        if (calls.ticket(ticket, octets.byteSize(), octets.address()) >= 0) {
          long seconds = Integer.toUnsignedLong(lifetime.get(JAVA_INT, 0));
          session.remember(octets.toArray(JAVA_BYTE), seconds);
          octets.fill((byte) 0);
        }
      }
      return FINE;
    } catch (Throwable e) {
      return FINE; // not remembered then
    }
  }

  /// s2n_async_pkey_fn: the session signs when the library has returned.
  int onSign(long connection, long operation) {
    try {
      S2nSession session = session(connection);
      if (session != null && session.onSign(operation)) {
        return FINE;
      }
      library.signing.free(operation);
      return FAILED;
    } catch (Throwable e) {
      return FAILED;
    }
  }

  /// s2n_key_log_fn.
  int onKeyLog(long unused, long connection, long line, long length) {
    try {
      S2nSession session = session(connection);
      KeyLog log = session == null ? null : session.keyLog();
      if (log != null) {
        // SAFETY: s2n-tls says that so many octets are there.
        byte[] octets = NativeLibrary.MEMORY.asSlice(line, length).toArray(JAVA_BYTE);
        log.log(new String(octets, StandardCharsets.ISO_8859_1));
      }
      return FINE;
    } catch (Throwable e) {
      return FINE; // A log of secrets is no reason to fail; it was told not to throw.
    }
  }
}
