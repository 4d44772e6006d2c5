// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.KeyLog;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/// What OpenSSL calls back: one stub for each kind, for all sessions of a library.
///
/// The session is found by the tag of the SSL; one that is closed is not found, and the callback
/// does what OpenSSL would do without it. They run on the thread that drives the session, in the
/// midst of a downcall. No exception may leave them: it would end the JVM.
@SuppressWarnings("UnusedMethod") // called by native code
final class Callbacks {
  /// Application data of an SSL: index 0 is reserved for it.
  static final int TAG = 0;

  final long alpn;
  final long serverName;
  final long status;
  final long keyLog;
  final long event;
  final long newSession;
  final long ticket;
  final long verify;

  /// BIO_METHOD of sessions.
  final long transport;

  private final OpenSsl library;

  Callbacks(OpenSsl library) throws TlsException {
    this.library = library;
    alpn =
        stub(
            "onAlpn",
            int.class,
            long.class,
            long.class,
            long.class,
            long.class,
            int.class,
            long.class);
    serverName = stub("onServerName", int.class, long.class, long.class, long.class);
    status = stub("onStatus", int.class, long.class, long.class);
    keyLog = stub("onKeyLog", void.class, long.class, long.class);
    event = stub("onEvent", void.class, long.class, int.class, int.class);
    newSession = stub("onNewSession", int.class, long.class, long.class);
    ticket =
        stub(
            "onTicket",
            int.class,
            long.class,
            long.class,
            long.class,
            long.class,
            long.class,
            int.class);
    verify = stub("onVerify", int.class, int.class, long.class);
    transport = transport(library);
  }

  private long transport(OpenSsl owner) throws TlsException {
    TransportCalls transport = owner.transports;
    try (Arena arena = Arena.ofConfined()) {
      long method = transport.newMethod(Control.BIO_TYPE, arena.allocateFrom("pingora").address());
      if (method == 0) {
        throw ErrorQueue.configuration(owner, "no BIO method");
      }
      transport.methodRead(method, stub("onRead", int.class, long.class, long.class, int.class));
      transport.methodWrite(method, stub("onWrite", int.class, long.class, long.class, int.class));
      // OpenSSL asks for kTLS several times a record: the null BIO's function answers as we would
      // (yes to "flush", no to what it does not know), but without a call back.
      transport.methodControl(method, transport.controlOf(transport.nullMethod()));
      return method;
    }
  }

  private long stub(String name, Class<?> result, Class<?>... arguments) throws TlsException {
    return Stubs.of(MethodHandles.lookup(), this, name, result, arguments);
  }

  private @Nullable OpenSslSession session(long ssl) {
    return library.sessions.find(library.ssl.tag(ssl, TAG));
  }

  private @Nullable ServerSide serverSide(long ssl) {
    OpenSslSession session = session(ssl);
    return session != null && session.context().side instanceof ServerSide side ? side : null;
  }

  /// BIO_meth_set_read(3).
  int onRead(long bio, long into, int most) {
    try {
      OpenSslSession session = library.sessions.find(library.transports.bioTag(bio));
      return session == null ? -1 : session.wire().onRead(into, most);
    } catch (Throwable e) {
      return -1;
    }
  }

  /// BIO_meth_set_write(3).
  int onWrite(long bio, long from, int length) {
    try {
      OpenSslSession session = library.sessions.find(library.transports.bioTag(bio));
      return session == null ? -1 : session.wire().onWrite(from, length);
    } catch (Throwable e) {
      return -1;
    }
  }

  /// SSL_CTX_set_alpn_select_cb(3).
  int onAlpn(long ssl, long chosen, long chosenLength, long offered, int length, long unused) {
    try {
      ServerSide side = serverSide(ssl);
      return side == null
          ? Control.ALERT_FATAL
          : side.selectAlpn(chosen, chosenLength, offered, length);
    } catch (Throwable e) {
      return Control.ALERT_FATAL;
    }
  }

  /// SSL_CTX_set_tlsext_servername_callback(3): any name will do. Only a name that was accepted is
  /// part of the session, and so still known when TLS 1.2 resumes it.
  int onServerName(long ssl, long alert, long unused) {
    return Control.ACCEPT;
  }

  /// SSL_CTX_set_tlsext_status_cb(3), of a server.
  int onStatus(long ssl, long unused) {
    try {
      ServerSide side = serverSide(ssl);
      return side == null ? Control.NO_ACKNOWLEDGEMENT : side.staple(library, ssl);
    } catch (Throwable e) {
      return Control.NO_ACKNOWLEDGEMENT;
    }
  }

  /// SSL_CTX_set_keylog_callback(3).
  void onKeyLog(long ssl, long line) {
    try {
      OpenSslSession session = session(ssl);
      KeyLog log = session == null ? null : session.context().keyLog;
      if (log != null) {
        log.log(NativeLibrary.string(line));
      }
    } catch (Throwable e) {
      // A log of secrets is no reason to fail; it was told not to throw.
    }
  }

  /// SSL_CTX_set_info_callback(3): takes note of alerts.
  void onEvent(long ssl, int where, int what) {
    if ((where & Control.EVENT_ALERT) == 0) {
      return;
    }
    try {
      OpenSslSession session = session(ssl);
      boolean received = (where & Control.EVENT_READ) != 0;
      int number = what & 0xff;
      if (session != null && what >>> 8 == Control.LEVEL_FATAL) {
        session.alerted(received, number);
      } else if (session != null && received && number == Control.CLOSE_NOTIFY) {
        session.left();
      }
    } catch (Throwable e) {
      // the alert's number is not told then
    }
  }

  /// SSL_CTX_sess_set_new_cb(3), of a client.
  ///
  /// @return 1 when the session is taken over
  int onNewSession(long ssl, long session) {
    try {
      OpenSslSession own = session(ssl);
      if (own == null
          || !(own.context().side instanceof ClientSide side)
          || side.remembered() == null) {
        return 0;
      }
      return side.remembered().put(library.ssl, own.server(), session) ? 1 : 0;
    } catch (Throwable e) {
      return 0;
    }
  }

  /// SSL_CTX_set_tlsext_ticket_key_evp_cb(3).
  int onTicket(long ssl, long name, long iv, long cipher, long mac, int seals) {
    try {
      ServerSide side = serverSide(ssl);
      if (side == null || side.tickets() == null) {
        return TicketSeal.NO_KEY;
      }
      TicketSeal seal = new TicketSeal(library.crypto, name, iv, cipher, mac);
      return seals == 1 ? seal.seal(side.tickets()) : seal.open(side.tickets());
    } catch (Throwable e) {
      return TicketSeal.FAILED;
    }
  }

  /// SSL_set_verify(3): a second opinion on names, for the sessions that ask for it.
  int onVerify(int well, long storeContext) {
    try {
      if (well == 1) {
        return 1;
      }
      int error = library.crypto.storeContextError(storeContext);
      if (error != Control.V_HOST_MISMATCH && error != Control.V_ADDRESS_MISMATCH) {
        return 0;
      }
      long ssl = library.crypto.storeContextTag(storeContext, library.ssl.verifyIndex());
      OpenSslSession session = session(ssl);
      if (session == null || !session.acceptsOther(library.crypto.storeContextLeaf(storeContext))) {
        return 0;
      }
      library.crypto.storeContextSetError(storeContext, Control.V_OK);
      return 1;
    } catch (Throwable e) {
      return 0;
    }
  }
}
