// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static dev.pingora.openssl.Shapes.I_IJJJJJ;
import static dev.pingora.openssl.Shapes.I_JIJ;
import static dev.pingora.openssl.Shapes.I_JJ;
import static dev.pingora.openssl.Shapes.J_J;
import static dev.pingora.openssl.Shapes.J_JI;
import static dev.pingora.openssl.Shapes.J_JJJ;
import static dev.pingora.openssl.Shapes.J_V;
import static dev.pingora.openssl.Shapes.V_J;
import static dev.pingora.openssl.Shapes.V_JJJJ;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;

/// Bare downcalls into libcrypto, about keys with methods of ours, as in its manual pages:
/// addresses are numbers, 0 is NULL. No logic. Deprecated since 3.0, there in all of 3, unless it
/// was built without what is deprecated.
final class KeyCalls {
  private final MethodHandle newIndex;
  private final MethodHandle newKey;
  private final MethodHandle assign;
  private final MethodHandle rsaMethod;
  private final MethodHandle rsaMethodCopy;
  private final MethodHandle rsaMethodSign;
  private final MethodHandle rsaMethodEncrypt;
  private final MethodHandle rsaMethodDecrypt;
  private final MethodHandle ecMethod;
  private final MethodHandle ecMethodCopy;
  private final MethodHandle ecMethodSign;

  /// RSA_*(3).
  final OfKind rsa;

  /// EC_KEY_*(3).
  final OfKind ec;

  /// Binds the functions; those that are missing are noted in the library.
  KeyCalls(NativeLibrary library) {
    newIndex = library.function("CRYPTO_get_ex_new_index", I_IJJJJJ);
    newKey = library.function("EVP_PKEY_new", J_V);
    assign = library.function("EVP_PKEY_assign", I_JIJ);
    rsaMethod = library.function("RSA_PKCS1_OpenSSL", J_V);
    rsaMethodCopy = library.function("RSA_meth_dup", J_J);
    rsaMethodSign = library.function("RSA_meth_set_sign", I_JJ);
    rsaMethodEncrypt = library.function("RSA_meth_set_priv_enc", I_JJ);
    rsaMethodDecrypt = library.function("RSA_meth_set_priv_dec", I_JJ);
    ecMethod = library.function("EC_KEY_OpenSSL", J_V);
    ecMethodCopy = library.function("EC_KEY_METHOD_new", J_J);
    ecMethodSign = library.function("EC_KEY_METHOD_set_sign", V_JJJJ);
    rsa = new OfKind(library, "RSA", "d2i_RSA_PUBKEY");
    ec = new OfKind(library, "EC_KEY", "d2i_EC_PUBKEY");
  }

  /// CRYPTO_get_ex_new_index(3).
  int newIndex(int kind) {
    try {
      // SAFETY: without functions to be called.
      return (int) this.newIndex.invokeExact(kind, 0L, 0L, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EVP_PKEY_new(3).
  long newKey() {
    try {
      // SAFETY: the caller frees the result.
      return (long) this.newKey.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EVP_PKEY_assign(3).
  int assign(long key, int type, long own) {
    try {
      // SAFETY: an RSA or EC_KEY, as the type says; on success the EVP_PKEY takes it over.
      return (int) this.assign.invokeExact(key, type, own);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// RSA_PKCS1_OpenSSL(3).
  long rsaMethod() {
    try {
      // SAFETY: the result is static.
      return (long) this.rsaMethod.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// RSA_meth_dup(3).
  long rsaMethodCopy(long method) {
    try {
      // SAFETY: a live method; the result is never freed.
      return (long) this.rsaMethodCopy.invokeExact(method);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// RSA_meth_set_sign(3).
  int rsaMethodSign(long method, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.rsaMethodSign.invokeExact(method, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// RSA_meth_set_priv_enc(3).
  int rsaMethodEncrypt(long method, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.rsaMethodEncrypt.invokeExact(method, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// RSA_meth_set_priv_dec(3).
  int rsaMethodDecrypt(long method, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.rsaMethodDecrypt.invokeExact(method, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EC_KEY_OpenSSL(3).
  long ecMethod() {
    try {
      // SAFETY: the result is static.
      return (long) this.ecMethod.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EC_KEY_METHOD_new(3).
  long ecMethodCopy(long method) {
    try {
      // SAFETY: a live method; the result is never freed.
      return (long) this.ecMethodCopy.invokeExact(method);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EC_KEY_METHOD_set_sign(3).
  void ecMethodSign(long method, long sign, long setup, long signature) {
    try {
      // SAFETY: stubs that live as long as the process, or 0 for none.
      this.ecMethodSign.invokeExact(method, sign, setup, signature);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// What both kinds of key have, under names of their own.
  static final class OfKind {
    private final MethodHandle parse;
    private final MethodHandle setMethod;
    private final MethodHandle setTag;
    private final MethodHandle tag;
    private final MethodHandle free;

    private OfKind(NativeLibrary library, String name, String parse) {
      this.parse = library.function(parse, J_JJJ);
      setMethod = library.function(name + "_set_method", I_JJ);
      setTag = library.function(name + "_set_ex_data", I_JIJ);
      tag = library.function(name + "_get_ex_data", J_JI);
      free = library.function(name + "_free", V_J);
    }

    /// d2i_RSA_PUBKEY(3).
    long parse(long unused, long at, long length) {
      try {
        // SAFETY: `at` points to a pointer to `length` octets; the caller frees the result.
        return (long) this.parse.invokeExact(unused, at, length);
      } catch (Throwable e) {
        throw NativeLibrary.broken(e);
      }
    }

    /// RSA_set_method(3), EC_KEY_set_method(3).
    int setMethod(long key, long method) {
      try {
        // SAFETY: a method of this kind, which lives as long as the process.
        return (int) this.setMethod.invokeExact(key, method);
      } catch (Throwable e) {
        throw NativeLibrary.broken(e);
      }
    }

    /// CRYPTO_set_ex_data(3).
    int setTag(long key, int index, long tag) {
      try {
        // SAFETY: a number, which nobody takes for an address.
        return (int) this.setTag.invokeExact(key, index, tag);
      } catch (Throwable e) {
        throw NativeLibrary.broken(e);
      }
    }

    /// CRYPTO_get_ex_data(3).
    long tag(long key, int index) {
      try {
        // SAFETY: a live key.
        return (long) this.tag.invokeExact(key, index);
      } catch (Throwable e) {
        throw NativeLibrary.broken(e);
      }
    }

    /// RSA_free(3), EC_KEY_free(3).
    void free(long key) {
      try {
        // SAFETY: called once, for a key that no EVP_PKEY took over.
        this.free.invokeExact(key);
      } catch (Throwable e) {
        throw NativeLibrary.broken(e);
      }
    }
  }
}
