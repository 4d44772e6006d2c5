// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static dev.pingora.openssl.Shapes.I_J;
import static dev.pingora.openssl.Shapes.I_JJ;
import static dev.pingora.openssl.Shapes.I_JJI;
import static dev.pingora.openssl.Shapes.J_J;
import static dev.pingora.openssl.Shapes.J_JIJ;
import static dev.pingora.openssl.Shapes.J_JIJJ;
import static dev.pingora.openssl.Shapes.J_JJ;
import static dev.pingora.openssl.Shapes.J_V;
import static dev.pingora.openssl.Shapes.V_J;
import static dev.pingora.openssl.Shapes.V_JI;
import static dev.pingora.openssl.Shapes.V_JIJ;
import static dev.pingora.openssl.Shapes.V_JJ;
import static dev.pingora.openssl.Shapes.V_JJJ;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;

/// Bare downcalls into libssl, about contexts, as in its manual pages: addresses are numbers, 0 is
/// NULL. No logic.
///
/// The handles are fields of an object, not constants, as several libraries with these functions
/// live in one process. That costs 14 ns a call; a handshake has some twenty, a record three.
final class ContextCalls {
  private final MethodHandle method;
  private final MethodHandle create;
  private final MethodHandle free;
  private final MethodHandle control;
  private final MethodHandle callbackControl;
  private final MethodHandle setOptions;
  private final MethodHandle setSecurityLevel;
  private final MethodHandle useCertificate;
  private final MethodHandle usePrivateKey;
  private final MethodHandle checkPrivateKey;
  private final MethodHandle setCipherList;
  private final MethodHandle setCipherSuites;
  private final MethodHandle setAlpnProtocols;
  private final MethodHandle setAlpnSelect;
  private final MethodHandle setVerify;
  private final MethodHandle parameters;
  private final MethodHandle setSessionIdContext;
  private final MethodHandle setTickets;
  private final MethodHandle setTicketKeyCallback;
  private final MethodHandle setKeyLog;
  private final MethodHandle setTrace;
  private final MethodHandle setNewSession;
  private final MethodHandle setCertStore;
  private final MethodHandle addClientCa;

  /// Binds the functions; those that are missing are noted in the library.
  ContextCalls(NativeLibrary library) {
    method = library.function("TLS_method", J_V);
    create = library.function("SSL_CTX_new", J_J);
    free = library.function("SSL_CTX_free", V_J);
    control = library.function("SSL_CTX_ctrl", J_JIJJ);
    callbackControl = library.function("SSL_CTX_callback_ctrl", J_JIJ);
    setOptions = library.function("SSL_CTX_set_options", J_JJ);
    setSecurityLevel = library.function("SSL_CTX_set_security_level", V_JI);
    useCertificate = library.function("SSL_CTX_use_certificate", I_JJ);
    usePrivateKey = library.function("SSL_CTX_use_PrivateKey", I_JJ);
    checkPrivateKey = library.function("SSL_CTX_check_private_key", I_J);
    setCipherList = library.function("SSL_CTX_set_cipher_list", I_JJ);
    setCipherSuites = library.function("SSL_CTX_set_ciphersuites", I_JJ);
    setAlpnProtocols = library.function("SSL_CTX_set_alpn_protos", I_JJI);
    setAlpnSelect = library.function("SSL_CTX_set_alpn_select_cb", V_JJJ);
    setVerify = library.function("SSL_CTX_set_verify", V_JIJ);
    parameters = library.function("SSL_CTX_get0_param", J_J);
    setSessionIdContext = library.function("SSL_CTX_set_session_id_context", I_JJI);
    setTickets = library.function("SSL_CTX_set_num_tickets", I_JJ);
    setTicketKeyCallback = library.function("SSL_CTX_set_tlsext_ticket_key_evp_cb", I_JJ);
    setKeyLog = library.function("SSL_CTX_set_keylog_callback", V_JJ);
    setTrace = library.function("SSL_CTX_set_info_callback", V_JJ);
    setNewSession = library.function("SSL_CTX_sess_set_new_cb", V_JJ);
    setCertStore = library.function("SSL_CTX_set_cert_store", V_JJ);
    addClientCa = library.function("SSL_CTX_add_client_CA", I_JJ);
  }

  /// TLS_method(3).
  long method() {
    try {
      // SAFETY: the result is static.
      return (long) this.method.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_new(3).
  long create(long method) {
    try {
      // SAFETY: a method of this library.
      return (long) this.create.invokeExact(method);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_free(3).
  void free(long context) {
    try {
      // SAFETY: called once, when no session can be made any more.
      this.free.invokeExact(context);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_ctrl(3).
  long control(long context, int command, long number, long pointer) {
    try {
      // SAFETY: a live context; what the pointer must be depends on the command.
      return (long) this.control.invokeExact(context, command, number, pointer);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_callback_ctrl(3).
  long callbackControl(long context, int command, long callback) {
    try {
      // SAFETY: the callback is a stub of the type the command asks for.
      return (long) this.callbackControl.invokeExact(context, command, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_options(3).
  long setOptions(long context, long options) {
    try {
      // SAFETY: a live context.
      return (long) this.setOptions.invokeExact(context, options);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_security_level(3).
  void setSecurityLevel(long context, int level) {
    try {
      // SAFETY: a live context.
      this.setSecurityLevel.invokeExact(context, level);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_use_certificate(3).
  int useCertificate(long context, long certificate) {
    try {
      // SAFETY: counts as another use of the X509.
      return (int) this.useCertificate.invokeExact(context, certificate);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_use_PrivateKey(3).
  int usePrivateKey(long context, long key) {
    try {
      // SAFETY: counts as another use of the EVP_PKEY.
      return (int) this.usePrivateKey.invokeExact(context, key);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_check_private_key(3).
  int checkPrivateKey(long context) {
    try {
      // SAFETY: a live context.
      return (int) this.checkPrivateKey.invokeExact(context);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_cipher_list(3).
  int setCipherList(long context, long names) {
    try {
      // SAFETY: reads a C string.
      return (int) this.setCipherList.invokeExact(context, names);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_ciphersuites(3).
  int setCipherSuites(long context, long names) {
    try {
      // SAFETY: reads a C string.
      return (int) this.setCipherSuites.invokeExact(context, names);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_alpn_protos(3).
  int setAlpnProtocols(long context, long names, int length) {
    try {
      // SAFETY: copies `length` octets. 0 is success here.
      return (int) this.setAlpnProtocols.invokeExact(context, names, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_alpn_select_cb(3).
  void setAlpnSelect(long context, long callback, long argument) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      this.setAlpnSelect.invokeExact(context, callback, argument);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_verify(3).
  void setVerify(long context, int mode, long callback) {
    try {
      // SAFETY: the callback is a stub, or 0 for none.
      this.setVerify.invokeExact(context, mode, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_get0_param(3).
  long parameters(long context) {
    try {
      // SAFETY: a live context; the result belongs to it.
      return (long) this.parameters.invokeExact(context);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_session_id_context(3).
  int setSessionIdContext(long context, long id, int length) {
    try {
      // SAFETY: copies `length` octets, 32 at most.
      return (int) this.setSessionIdContext.invokeExact(context, id, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_num_tickets(3).
  int setTickets(long context, long count) {
    try {
      // SAFETY: a live context.
      return (int) this.setTickets.invokeExact(context, count);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_tlsext_ticket_key_evp_cb(3).
  int setTicketKeyCallback(long context, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.setTicketKeyCallback.invokeExact(context, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_keylog_callback(3).
  void setKeyLog(long context, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      this.setKeyLog.invokeExact(context, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_info_callback(3).
  void setTrace(long context, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      this.setTrace.invokeExact(context, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_sess_set_new_cb(3).
  void setNewSession(long context, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      this.setNewSession.invokeExact(context, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_set_cert_store(3).
  void setCertStore(long context, long store) {
    try {
      // SAFETY: takes one use of the X509_STORE over.
      this.setCertStore.invokeExact(context, store);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CTX_add_client_CA(3).
  int addClientCa(long context, long certificate) {
    try {
      // SAFETY: copies the name of the X509.
      return (int) this.addClientCa.invokeExact(context, certificate);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
