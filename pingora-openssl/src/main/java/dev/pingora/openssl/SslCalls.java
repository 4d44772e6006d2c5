// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static dev.pingora.openssl.Shapes.BRIEF;
import static dev.pingora.openssl.Shapes.I_J;
import static dev.pingora.openssl.Shapes.I_JI;
import static dev.pingora.openssl.Shapes.I_JIJ;
import static dev.pingora.openssl.Shapes.I_JJ;
import static dev.pingora.openssl.Shapes.I_JJI;
import static dev.pingora.openssl.Shapes.I_JJJJJJJI;
import static dev.pingora.openssl.Shapes.I_V;
import static dev.pingora.openssl.Shapes.J_J;
import static dev.pingora.openssl.Shapes.J_JI;
import static dev.pingora.openssl.Shapes.J_JIJJ;
import static dev.pingora.openssl.Shapes.V_J;
import static dev.pingora.openssl.Shapes.V_JI;
import static dev.pingora.openssl.Shapes.V_JIJ;
import static dev.pingora.openssl.Shapes.V_JJJ;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;

/// Bare downcalls into libssl, about one connection, as in its manual pages: addresses are numbers,
/// 0 is NULL. No logic.
///
/// The handles are fields of an object, not constants, as several libraries with these functions
/// live in one process. That costs 14 ns a call; a handshake has some twenty, a record three.
final class SslCalls {
  private final MethodHandle newSession;
  private final MethodHandle free;
  private final MethodHandle setConnectState;
  private final MethodHandle setAcceptState;
  private final MethodHandle setBio;
  private final MethodHandle setTag;
  private final MethodHandle tag;
  private final MethodHandle doHandshake;
  private final MethodHandle error;
  private final MethodHandle read;
  private final MethodHandle write;
  private final MethodHandle shutdown;
  private final MethodHandle setShutdown;
  private final MethodHandle control;
  private final MethodHandle alpnSelected;
  private final MethodHandle serverName;
  private final MethodHandle reused;
  private final MethodHandle version;
  private final MethodHandle currentCipher;
  private final MethodHandle cipherName;
  private final MethodHandle peerCertificate;
  private final MethodHandle peerChain;
  private final MethodHandle verifyResult;
  private final MethodHandle parameters;
  private final MethodHandle setVerify;
  private final MethodHandle export;
  private final MethodHandle keyUpdate;
  private final MethodHandle setSession;
  private final MethodHandle session;
  private final MethodHandle sessionFree;
  private final MethodHandle sessionUse;
  private final MethodHandle sessionVersion;
  private final MethodHandle sessionResumable;
  private final MethodHandle verifyIndex;

  /// Binds the functions; those that are missing are noted in the library.
  SslCalls(NativeLibrary library) {
    newSession = library.function("SSL_new", J_J);
    free = library.function("SSL_free", V_J);
    setConnectState = library.function("SSL_set_connect_state", V_J);
    setAcceptState = library.function("SSL_set_accept_state", V_J);
    setBio = library.function("SSL_set_bio", V_JJJ);
    setTag = library.function("SSL_set_ex_data", I_JIJ);
    tag = library.function("SSL_get_ex_data", J_JI, BRIEF);
    doHandshake = library.function("SSL_do_handshake", I_J);
    error = library.function("SSL_get_error", I_JI);
    read = library.function("SSL_read", I_JJI);
    write = library.function("SSL_write", I_JJI);
    shutdown = library.function("SSL_shutdown", I_J);
    setShutdown = library.function("SSL_set_shutdown", V_JI);
    control = library.function("SSL_ctrl", J_JIJJ);
    alpnSelected = library.function("SSL_get0_alpn_selected", V_JJJ);
    serverName = library.function("SSL_get_servername", J_JI);
    reused = library.function("SSL_session_reused", I_J);
    version = library.function("SSL_version", I_J);
    currentCipher = library.function("SSL_get_current_cipher", J_J);
    cipherName = library.function("SSL_CIPHER_standard_name", J_J);
    peerCertificate = library.function("SSL_get1_peer_certificate", J_J);
    peerChain = library.function("SSL_get_peer_cert_chain", J_J);
    verifyResult = library.function("SSL_get_verify_result", J_J);
    parameters = library.function("SSL_get0_param", J_J);
    setVerify = library.function("SSL_set_verify", V_JIJ);
    export = library.function("SSL_export_keying_material", I_JJJJJJJI);
    keyUpdate = library.function("SSL_key_update", I_JI);
    setSession = library.function("SSL_set_session", I_JJ);
    session = library.function("SSL_get1_session", J_J);
    sessionFree = library.function("SSL_SESSION_free", V_J);
    sessionUse = library.function("SSL_SESSION_up_ref", I_J);
    sessionVersion = library.function("SSL_SESSION_get_protocol_version", I_J);
    sessionResumable = library.function("SSL_SESSION_is_resumable", I_J);
    verifyIndex = library.function("SSL_get_ex_data_X509_STORE_CTX_idx", I_V);
  }

  /// SSL_new(3).
  long newSession(long context) {
    try {
      // SAFETY: a live SSL_CTX; the result counts as a use of it.
      return (long) this.newSession.invokeExact(context);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_free(3).
  void free(long ssl) {
    try {
      // SAFETY: called once per session; frees its BIOs too.
      this.free.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_set_connect_state(3).
  void setConnectState(long ssl) {
    try {
      // SAFETY: a live session.
      this.setConnectState.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_set_accept_state(3).
  void setAcceptState(long ssl) {
    try {
      // SAFETY: a live session.
      this.setAcceptState.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_set_bio(3).
  void setBio(long ssl, long read, long write) {
    try {
      // SAFETY: a live session, which takes both BIOs over.
      this.setBio.invokeExact(ssl, read, write);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_set_ex_data(3).
  int setTag(long ssl, int index, long tag) {
    try {
      // SAFETY: a live session; the tag is a number to it, never followed.
      return (int) this.setTag.invokeExact(ssl, index, tag);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get_ex_data(3).
  long tag(long ssl, int index) {
    try {
      // SAFETY: a live session; a getter.
      return (long) this.tag.invokeExact(ssl, index);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_do_handshake(3).
  int doHandshake(long ssl) {
    try {
      // SAFETY: a live session; may call back.
      return (int) this.doHandshake.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get_error(3).
  int error(long ssl, int result) {
    try {
      // SAFETY: a live session, the result of its last call, on the same thread.
      return (int) this.error.invokeExact(ssl, result);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_read(3).
  int read(long ssl, long into, int capacity) {
    try {
      // SAFETY: a live session; writes up to `capacity` octets, which the caller has there.
      return (int) this.read.invokeExact(ssl, into, capacity);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_write(3).
  int write(long ssl, long from, int length) {
    try {
      // SAFETY: a live session; reads `length` octets, which the caller has there.
      return (int) this.write.invokeExact(ssl, from, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_shutdown(3).
  int shutdown(long ssl) {
    try {
      // SAFETY: a live session that has not failed.
      return (int) this.shutdown.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_set_shutdown(3).
  void setShutdown(long ssl, int mode) {
    try {
      // SAFETY: a live session.
      this.setShutdown.invokeExact(ssl, mode);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_ctrl(3).
  long control(long ssl, int command, long number, long pointer) {
    try {
      // SAFETY: a live session; what the pointer must be depends on the command.
      return (long) this.control.invokeExact(ssl, command, number, pointer);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get0_alpn_selected(3).
  void alpnSelected(long ssl, long name, long length) {
    try {
      // SAFETY: writes a pointer and an unsigned int where the caller has room.
      this.alpnSelected.invokeExact(ssl, name, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get_servername(3).
  long serverName(long ssl, int type) {
    try {
      // SAFETY: a live session; the result belongs to it.
      return (long) this.serverName.invokeExact(ssl, type);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_session_reused(3).
  int reused(long ssl) {
    try {
      // SAFETY: a live session.
      return (int) this.reused.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_version(3).
  int version(long ssl) {
    try {
      // SAFETY: a live session.
      return (int) this.version.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get_current_cipher(3).
  long currentCipher(long ssl) {
    try {
      // SAFETY: a live session; the result is static.
      return (long) this.currentCipher.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_CIPHER_standard_name(3).
  long cipherName(long cipher) {
    try {
      // SAFETY: a cipher of this library; the result is static.
      return (long) this.cipherName.invokeExact(cipher);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get1_peer_certificate(3).
  long peerCertificate(long ssl) {
    try {
      // SAFETY: a live session; the caller frees the result.
      return (long) this.peerCertificate.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get_peer_cert_chain(3).
  long peerChain(long ssl) {
    try {
      // SAFETY: a live session; the result belongs to it.
      return (long) this.peerChain.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get_verify_result(3).
  long verifyResult(long ssl) {
    try {
      // SAFETY: a live session.
      return (long) this.verifyResult.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get0_param(3).
  long parameters(long ssl) {
    try {
      // SAFETY: a live session; the result belongs to it.
      return (long) this.parameters.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_set_verify(3).
  void setVerify(long ssl, int mode, long callback) {
    try {
      // SAFETY: a live session; the callback is a stub that lives as long as the process.
      this.setVerify.invokeExact(ssl, mode, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_export_keying_material(3).
  int export(
      long ssl,
      long into,
      long length,
      long label,
      long labelLength,
      long context,
      long contextLength) {
    try {
      // SAFETY: the caller has `length` octets there; label and context are read. 1: with context.
      return (int)
          this.export.invokeExact(ssl, into, length, label, labelLength, context, contextLength, 1);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_key_update(3).
  int keyUpdate(long ssl, int type) {
    try {
      // SAFETY: a live session of TLS 1.3.
      return (int) this.keyUpdate.invokeExact(ssl, type);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_set_session(3).
  int setSession(long ssl, long session) {
    try {
      // SAFETY: counts as another use of the SSL_SESSION.
      return (int) this.setSession.invokeExact(ssl, session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get1_session(3).
  long session(long ssl) {
    try {
      // SAFETY: a live session; the caller frees the result, which may be 0.
      return (long) this.session.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_SESSION_free(3).
  void sessionFree(long session) {
    try {
      // SAFETY: gives one use back; called once for each.
      this.sessionFree.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_SESSION_up_ref(3).
  int sessionUse(long session) {
    try {
      // SAFETY: a live SSL_SESSION.
      return (int) this.sessionUse.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_SESSION_get_protocol_version(3).
  int sessionVersion(long session) {
    try {
      // SAFETY: a live SSL_SESSION.
      return (int) this.sessionVersion.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_SESSION_is_resumable(3).
  int sessionResumable(long session) {
    try {
      // SAFETY: a live SSL_SESSION.
      return (int) this.sessionResumable.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// SSL_get_ex_data_X509_STORE_CTX_idx(3).
  int verifyIndex() {
    try {
      // SAFETY: a constant of the library.
      return (int) this.verifyIndex.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
