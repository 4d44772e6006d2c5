// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static dev.pingora.s2n.Shapes.I_J;
import static dev.pingora.s2n.Shapes.I_JJ;
import static dev.pingora.s2n.Shapes.I_JJI;
import static dev.pingora.s2n.Shapes.I_JJJ;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;

/// Bare downcalls about what was agreed on, and certificates, as in s2n.h. No logic.
final class DigestCalls {
  private final MethodHandle version;
  private final MethodHandle cipher;
  private final MethodHandle group;
  private final MethodHandle resumed;
  private final MethodHandle peerChain;
  private final MethodHandle clientChain;
  private final MethodHandle length;
  private final MethodHandle certificate;
  private final MethodHandle der;

  /// Binds the functions; those that are missing are noted in the library.
  DigestCalls(NativeLibrary library) {
    version = library.function("s2n_connection_get_actual_protocol_version", I_J);
    cipher = library.function("s2n_connection_get_cipher_iana_value", I_JJJ);
    group = library.function("s2n_connection_get_key_exchange_group", I_JJ);
    resumed = library.function("s2n_connection_is_session_resumed", I_J);
    peerChain = library.function("s2n_connection_get_peer_cert_chain", I_JJ);
    clientChain = library.function("s2n_connection_get_client_cert_chain", I_JJJ);
    length = library.function("s2n_cert_chain_get_length", I_JJ);
    certificate = library.function("s2n_cert_chain_get_cert", I_JJI);
    der = library.function("s2n_cert_get_der", I_JJJ);
  }

  /// s2n_connection_get_actual_protocol_version().
  int version(long connection) {
    try {
      // SAFETY: reads a field.
      return (int) this.version.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_cipher_iana_value().
  int cipher(long connection, long first, long second) {
    try {
      // SAFETY: writes two octets.
      return (int) this.cipher.invokeExact(connection, first, second);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_key_exchange_group().
  int group(long connection, long name) {
    try {
      // SAFETY: writes a pointer to a C string that is never freed.
      return (int) this.group.invokeExact(connection, name);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_is_session_resumed().
  int resumed(long connection) {
    try {
      // SAFETY: reads fields.
      return (int) this.resumed.invokeExact(connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_peer_cert_chain().
  int peerChain(long connection, long chain) {
    try {
      // SAFETY: fills an empty object of the caller.
      return (int) this.peerChain.invokeExact(connection, chain);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_client_cert_chain().
  int clientChain(long connection, long address, long length) {
    try {
      // SAFETY: writes a pointer to memory of the connection, and its length.
      return (int) this.clientChain.invokeExact(connection, address, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_cert_chain_get_length().
  int length(long chain, long length) {
    try {
      // SAFETY: writes a uint32_t.
      return (int) this.length.invokeExact(chain, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_cert_chain_get_cert().
  int certificate(long chain, long certificate, int index) {
    try {
      // SAFETY: writes a pointer to what the chain holds.
      return (int) this.certificate.invokeExact(chain, certificate, index);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_cert_get_der().
  int der(long certificate, long address, long length) {
    try {
      // SAFETY: writes a pointer to memory of the certificate, and its length.
      return (int) this.der.invokeExact(certificate, address, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
