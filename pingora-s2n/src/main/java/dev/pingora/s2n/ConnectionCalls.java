// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static dev.pingora.s2n.Shapes.BRIEF;
import static dev.pingora.s2n.Shapes.I_J;
import static dev.pingora.s2n.Shapes.I_JI;
import static dev.pingora.s2n.Shapes.I_JJ;
import static dev.pingora.s2n.Shapes.I_JJIJIJI;
import static dev.pingora.s2n.Shapes.I_JJJ;
import static dev.pingora.s2n.Shapes.I_JZ;
import static dev.pingora.s2n.Shapes.J_I;
import static dev.pingora.s2n.Shapes.J_J;
import static dev.pingora.s2n.Shapes.J_JI;
import static dev.pingora.s2n.Shapes.J_JIJI;
import static dev.pingora.s2n.Shapes.J_JJJJ;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;

/// Bare downcalls about connections, as in s2n.h: addresses are numbers, 0 is NULL; results below 0
/// are failures. No logic.
final class ConnectionCalls {
  private final MethodHandle create;
  private final MethodHandle free;
  private final MethodHandle setConfig;
  private final MethodHandle setTag;
  private final MethodHandle tag;
  private final MethodHandle setReceive;
  private final MethodHandle setReceiveTag;
  private final MethodHandle setSend;
  private final MethodHandle setSendTag;
  private final MethodHandle setBlinding;
  private final MethodHandle delay;
  private final MethodHandle preferThroughput;
  private final MethodHandle bufferInput;
  private final MethodHandle freeIdleBuffers;
  private final MethodHandle setServerName;
  private final MethodHandle serverName;
  private final MethodHandle protocol;
  private final MethodHandle negotiate;
  private final MethodHandle receive;
  private final MethodHandle send;
  private final MethodHandle shutdownSend;
  private final MethodHandle shutdown;
  private final MethodHandle freeHandshake;
  private final MethodHandle keyUpdate;
  private final MethodHandle export;
  private final MethodHandle masterSecret;
  private final MethodHandle alert;
  private final MethodHandle setSession;
  private final MethodHandle appendPsk;
  private final MethodHandle clientHello;
  private final MethodHandle extensionLength;
  private final MethodHandle extension;
  private final MethodHandle ticketLength;
  private final MethodHandle ticket;
  private final MethodHandle ticketLifetime;
  private final MethodHandle acceptChain;
  private final MethodHandle rejectChain;

  /// Binds the functions; those that are missing are noted in the library.
  ConnectionCalls(NativeLibrary library) {
    create = library.function("s2n_connection_new", J_I);
    free = library.function("s2n_connection_free", I_J);
    setConfig = library.function("s2n_connection_set_config", I_JJ);
    setTag = library.function("s2n_connection_set_ctx", I_JJ);
    tag = library.function("s2n_connection_get_ctx", J_J, BRIEF);
    setReceive = library.function("s2n_connection_set_recv_cb", I_JJ);
    setReceiveTag = library.function("s2n_connection_set_recv_ctx", I_JJ);
    setSend = library.function("s2n_connection_set_send_cb", I_JJ);
    setSendTag = library.function("s2n_connection_set_send_ctx", I_JJ);
    setBlinding = library.function("s2n_connection_set_blinding", I_JI);
    delay = library.function("s2n_connection_get_delay", J_J);
    preferThroughput = library.function("s2n_connection_prefer_throughput", I_J);
    bufferInput = library.function("s2n_connection_set_recv_buffering", I_JZ);
    freeIdleBuffers = library.function("s2n_connection_set_dynamic_buffers", I_JZ);
    setServerName = library.function("s2n_set_server_name", I_JJ);
    serverName = library.function("s2n_get_server_name", J_J);
    protocol = library.function("s2n_get_application_protocol", J_J);
    negotiate = library.function("s2n_negotiate", I_JJ);
    receive = library.function("s2n_recv", J_JJJJ);
    send = library.function("s2n_send", J_JJJJ);
    shutdownSend = library.function("s2n_shutdown_send", I_JJ);
    shutdown = library.function("s2n_shutdown", I_JJ);
    freeHandshake = library.function("s2n_connection_free_handshake", I_J);
    keyUpdate = library.function("s2n_connection_request_key_update", I_JI);
    export = library.function("s2n_connection_tls_exporter", I_JJIJIJI);
    masterSecret = library.function("s2n_connection_get_master_secret", I_JJJ);
    alert = library.function("s2n_connection_get_alert", I_J);
    setSession = library.function("s2n_connection_set_session", I_JJJ);
    appendPsk = library.function("s2n_connection_append_psk", I_JJ);
    clientHello = library.function("s2n_connection_get_client_hello", J_J);
    extensionLength = library.function("s2n_client_hello_get_extension_length", J_JI);
    extension = library.function("s2n_client_hello_get_extension_by_id", J_JIJI);
    ticketLength = library.function("s2n_session_ticket_get_data_len", I_JJ);
    ticket = library.function("s2n_session_ticket_get_data", I_JJJ);
    ticketLifetime = library.function("s2n_session_ticket_get_lifetime", I_JJ);
    acceptChain = library.function("s2n_cert_validation_accept", I_J);
    rejectChain = library.function("s2n_cert_validation_reject", I_J);
  }

  /// s2n_connection_new().
  long create(int mode) {
    try {
      // SAFETY: makes an object that the caller frees.
      return (long) this.create.invokeExact(mode);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_free().
  int free(long connection) {
    try {
      // SAFETY: once; nobody uses it any more.
      return (int) this.free.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_config().
  int setConfig(long connection, long config) {
    try {
      // SAFETY: the configuration outlives the connection.
      return (int) this.setConfig.invokeExact(connection, config);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_ctx().
  int setTag(long connection, long tag) {
    try {
      // SAFETY: keeps a number, not a reference.
      return (int) this.setTag.invokeExact(connection, tag);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_ctx().
  long tag(long connection) {
    try {
      // SAFETY: reads a field.
      return (long) this.tag.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_recv_cb().
  int setReceive(long connection, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.setReceive.invokeExact(connection, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_recv_ctx().
  int setReceiveTag(long connection, long tag) {
    try {
      // SAFETY: keeps a number, not a reference.
      return (int) this.setReceiveTag.invokeExact(connection, tag);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_send_cb().
  int setSend(long connection, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.setSend.invokeExact(connection, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_send_ctx().
  int setSendTag(long connection, long tag) {
    try {
      // SAFETY: keeps a number, not a reference.
      return (int) this.setSendTag.invokeExact(connection, tag);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_blinding().
  int setBlinding(long connection, int mode) {
    try {
      // SAFETY: sets a field.
      return (int) this.setBlinding.invokeExact(connection, mode);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_delay().
  long delay(long connection) {
    try {
      // SAFETY: reads fields.
      return (long) this.delay.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_prefer_throughput().
  int preferThroughput(long connection) {
    try {
      // SAFETY: sets a field.
      return (int) this.preferThroughput.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_recv_buffering().
  int bufferInput(long connection, boolean on) {
    try {
      // SAFETY: sets a field.
      return (int) this.bufferInput.invokeExact(connection, on);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_dynamic_buffers().
  int freeIdleBuffers(long connection, boolean on) {
    try {
      // SAFETY: sets a field.
      return (int) this.freeIdleBuffers.invokeExact(connection, on);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_set_server_name().
  int setServerName(long connection, long name) {
    try {
      // SAFETY: copies a C string.
      return (int) this.setServerName.invokeExact(connection, name);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_get_server_name().
  long serverName(long connection) {
    try {
      // SAFETY: gives NULL or a C string of the connection.
      return (long) this.serverName.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_get_application_protocol().
  long protocol(long connection) {
    try {
      // SAFETY: gives NULL or a C string of the connection.
      return (long) this.protocol.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_negotiate().
  int negotiate(long connection, long blocked) {
    try {
      // SAFETY: the connection is open and used by this thread alone.
      return (int) this.negotiate.invokeExact(connection, blocked);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_recv().
  long receive(long connection, long into, long length, long blocked) {
    try {
      // SAFETY: the caller has room for so many octets.
      return (long) this.receive.invokeExact(connection, into, length, blocked);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_send().
  long send(long connection, long from, long length, long blocked) {
    try {
      // SAFETY: the caller has so many octets.
      return (long) this.send.invokeExact(connection, from, length, blocked);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_shutdown_send().
  int shutdownSend(long connection, long blocked) {
    try {
      // SAFETY: the connection is open and used by this thread alone.
      return (int) this.shutdownSend.invokeExact(connection, blocked);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_shutdown().
  int shutdown(long connection, long blocked) {
    try {
      // SAFETY: the connection is open and used by this thread alone.
      return (int) this.shutdown.invokeExact(connection, blocked);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_free_handshake().
  int freeHandshake(long connection) {
    try {
      // SAFETY: the handshake is complete.
      return (int) this.freeHandshake.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_request_key_update().
  int keyUpdate(long connection, int peer) {
    try {
      // SAFETY: sets a flag.
      return (int) this.keyUpdate.invokeExact(connection, peer);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_tls_exporter().
  int export(
      long connection,
      long label,
      int labelLength,
      long context,
      int contextLength,
      long into,
      int length) {
    try {
      // SAFETY: the caller has so many octets of each, and room for the last.
      return (int)
          this.export.invokeExact(
              connection, label, labelLength, context, contextLength, into, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_master_secret().
  int masterSecret(long connection, long into, long length) {
    try {
      // SAFETY: the caller has room for so many octets.
      return (int) this.masterSecret.invokeExact(connection, into, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_alert().
  int alert(long connection) {
    try {
      // SAFETY: reads what was received.
      return (int) this.alert.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_set_session().
  int setSession(long connection, long octets, long length) {
    try {
      // SAFETY: copies so many octets.
      return (int) this.setSession.invokeExact(connection, octets, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_append_psk().
  int appendPsk(long connection, long psk) {
    try {
      // SAFETY: copies the object.
      return (int) this.appendPsk.invokeExact(connection, psk);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_client_hello().
  long clientHello(long connection) {
    try {
      // SAFETY: gives NULL or what the connection holds.
      return (long) this.clientHello.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_client_hello_get_extension_length().
  long extensionLength(long hello, int type) {
    try {
      // SAFETY: reads a ClientHello that the connection holds.
      return (long) this.extensionLength.invokeExact(hello, type);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_client_hello_get_extension_by_id().
  long extension(long hello, int type, long into, int length) {
    try {
      // SAFETY: the caller has room for so many octets.
      return (long) this.extension.invokeExact(hello, type, into, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_session_ticket_get_data_len().
  int ticketLength(long ticket, long length) {
    try {
      // SAFETY: writes a size_t.
      return (int) this.ticketLength.invokeExact(ticket, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_session_ticket_get_data().
  int ticket(long ticket, long most, long into) {
    try {
      // SAFETY: the caller has room for so many octets.
      return (int) this.ticket.invokeExact(ticket, most, into);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_session_ticket_get_lifetime().
  int ticketLifetime(long ticket, long seconds) {
    try {
      // SAFETY: writes a uint32_t.
      return (int) this.ticketLifetime.invokeExact(ticket, seconds);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_cert_validation_accept().
  int acceptChain(long information) {
    try {
      // SAFETY: within the callback that got it.
      return (int) this.acceptChain.invokeExact(information);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_cert_validation_reject().
  int rejectChain(long information) {
    try {
      // SAFETY: within the callback that got it.
      return (int) this.rejectChain.invokeExact(information);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
