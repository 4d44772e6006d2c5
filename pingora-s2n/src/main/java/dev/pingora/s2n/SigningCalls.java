// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static dev.pingora.s2n.Shapes.I_J;
import static dev.pingora.s2n.Shapes.I_JJ;
import static dev.pingora.s2n.Shapes.I_JJI;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// Bare downcalls about signatures that are made elsewhere, as in s2n.h: addresses are numbers;
/// results below 0 are failures. Not every s2n-tls has them, see [#present]. No logic but that.
final class SigningCalls {
  private static final List<String> NAMES =
      List.of(
          "s2n_cert_chain_and_key_load_public_pem_bytes",
          "s2n_config_set_async_pkey_callback",
          "s2n_async_pkey_op_get_op_type",
          "s2n_async_pkey_op_get_input_size",
          "s2n_async_pkey_op_get_input",
          "s2n_async_pkey_op_set_output",
          "s2n_async_pkey_op_apply",
          "s2n_async_pkey_op_free",
          "s2n_connection_get_selected_signature_algorithm",
          "s2n_connection_get_selected_digest_algorithm",
          "s2n_connection_get_selected_client_cert_signature_algorithm",
          "s2n_connection_get_selected_client_cert_digest_algorithm");

  private final boolean present;
  private final MethodHandle loadPublic;
  private final MethodHandle callback;
  private final MethodHandle type;
  private final MethodHandle inputSize;
  private final MethodHandle input;
  private final MethodHandle output;
  private final MethodHandle apply;
  private final MethodHandle free;
  private final MethodHandle serverAlgorithm;
  private final MethodHandle serverHash;
  private final MethodHandle clientAlgorithm;
  private final MethodHandle clientHash;

  SigningCalls(NativeLibrary library) {
    present = NAMES.stream().allMatch(library::has);
    loadPublic = library.optional(NAMES.get(0), I_JJI);
    callback = library.optional(NAMES.get(1), I_JJ);
    type = library.optional(NAMES.get(2), I_JJ);
    inputSize = library.optional(NAMES.get(3), I_JJ);
    input = library.optional(NAMES.get(4), I_JJI);
    output = library.optional(NAMES.get(5), I_JJI);
    apply = library.optional(NAMES.get(6), I_JJ);
    free = library.optional(NAMES.get(7), I_J);
    serverAlgorithm = library.optional(NAMES.get(8), I_JJ);
    serverHash = library.optional(NAMES.get(9), I_JJ);
    clientAlgorithm = library.optional(NAMES.get(10), I_JJ);
    clientHash = library.optional(NAMES.get(11), I_JJ);
  }

  /// {@return whether all of them are there}
  boolean present() {
    return present;
  }

  /// s2n_cert_chain_and_key_load_public_pem_bytes().
  int loadPublic(long certificate, long chain, int length) {
    try {
      // SAFETY: copies so many octets of a text.
      return (int) this.loadPublic.invokeExact(certificate, chain, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_config_set_async_pkey_callback().
  int callback(long config, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.callback.invokeExact(config, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_async_pkey_op_get_op_type().
  int type(long operation, long into) {
    try {
      // SAFETY: writes an int.
      return (int) this.type.invokeExact(operation, into);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_async_pkey_op_get_input_size().
  int inputSize(long operation, long into) {
    try {
      // SAFETY: writes a uint32_t.
      return (int) this.inputSize.invokeExact(operation, into);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_async_pkey_op_get_input().
  int input(long operation, long into, int length) {
    try {
      // SAFETY: the caller has room for so many octets.
      return (int) this.input.invokeExact(operation, into, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_async_pkey_op_set_output().
  int output(long operation, long from, int length) {
    try {
      // SAFETY: copies so many octets.
      return (int) this.output.invokeExact(operation, from, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_async_pkey_op_apply().
  int apply(long operation, long connection) {
    try {
      // SAFETY: the connection that asked for it, open and used by this thread alone.
      return (int) this.apply.invokeExact(operation, connection);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_async_pkey_op_free().
  int free(long operation) {
    try {
      // SAFETY: once.
      return (int) this.free.invokeExact(operation);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_selected_signature_algorithm(), or that of the client's certificate.
  int algorithm(long connection, boolean server, long into) {
    try {
      // SAFETY: writes an int.
      return server
          ? (int) this.serverAlgorithm.invokeExact(connection, into)
          : (int) this.clientAlgorithm.invokeExact(connection, into);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_connection_get_selected_digest_algorithm(), or that of the client's certificate.
  int hash(long connection, boolean server, long into) {
    try {
      // SAFETY: writes an int.
      return server
          ? (int) this.serverHash.invokeExact(connection, into)
          : (int) this.clientHash.invokeExact(connection, into);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
