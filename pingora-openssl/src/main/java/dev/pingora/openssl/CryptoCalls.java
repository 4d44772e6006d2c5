// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static dev.pingora.openssl.Shapes.I_J;
import static dev.pingora.openssl.Shapes.I_JI;
import static dev.pingora.openssl.Shapes.I_JJ;
import static dev.pingora.openssl.Shapes.I_JJJ;
import static dev.pingora.openssl.Shapes.I_JJJI;
import static dev.pingora.openssl.Shapes.I_JJJIJ;
import static dev.pingora.openssl.Shapes.I_JJJJJ;
import static dev.pingora.openssl.Shapes.J_I;
import static dev.pingora.openssl.Shapes.J_J;
import static dev.pingora.openssl.Shapes.J_JI;
import static dev.pingora.openssl.Shapes.J_JJJ;
import static dev.pingora.openssl.Shapes.J_V;
import static dev.pingora.openssl.Shapes.V_J;
import static dev.pingora.openssl.Shapes.V_JI;
import static dev.pingora.openssl.Shapes.V_V;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;

/// Bare downcalls into libcrypto, as in its manual pages: addresses are numbers, 0 is NULL. No
/// logic.
///
/// The handles are fields of an object, not constants, as several libraries with these functions
/// live in one process. That costs 14 ns a call; a handshake has some twenty, a record three.
final class CryptoCalls {
  private final MethodHandle version;
  private final MethodHandle versionNumber;
  private final MethodHandle parseCertificate;
  private final MethodHandle encodeCertificate;
  private final MethodHandle certificateFree;
  private final MethodHandle parseKey;
  private final MethodHandle keyFree;
  private final MethodHandle newStore;
  private final MethodHandle storeAdd;
  private final MethodHandle storeUse;
  private final MethodHandle storeFree;
  private final MethodHandle storeContextTag;
  private final MethodHandle storeContextError;
  private final MethodHandle storeContextSetError;
  private final MethodHandle storeContextLeaf;
  private final MethodHandle parameterFlags;
  private final MethodHandle parameterHostFlags;
  private final MethodHandle parameterHost;
  private final MethodHandle parameterMoreHost;
  private final MethodHandle parameterAddress;
  private final MethodHandle checkHost;
  private final MethodHandle checkAddress;
  private final MethodHandle verifyText;
  private final MethodHandle count;
  private final MethodHandle element;
  private final MethodHandle clearErrors;
  private final MethodHandle nextError;
  private final MethodHandle errorReason;
  private final MethodHandle aes256Cbc;
  private final MethodHandle encryptInit;
  private final MethodHandle decryptInit;
  private final MethodHandle macParameters;
  private final MethodHandle random;

  /// Binds the functions; those that are missing are noted in the library.
  CryptoCalls(NativeLibrary library) {
    version = library.function("OpenSSL_version", J_I);
    versionNumber = library.function("OpenSSL_version_num", J_V);
    parseCertificate = library.function("d2i_X509", J_JJJ);
    encodeCertificate = library.function("i2d_X509", I_JJ);
    certificateFree = library.function("X509_free", V_J);
    parseKey = library.function("d2i_AutoPrivateKey", J_JJJ);
    keyFree = library.function("EVP_PKEY_free", V_J);
    newStore = library.function("X509_STORE_new", J_V);
    storeAdd = library.function("X509_STORE_add_cert", I_JJ);
    storeUse = library.function("X509_STORE_up_ref", I_J);
    storeFree = library.function("X509_STORE_free", V_J);
    storeContextTag = library.function("X509_STORE_CTX_get_ex_data", J_JI);
    storeContextError = library.function("X509_STORE_CTX_get_error", I_J);
    storeContextSetError = library.function("X509_STORE_CTX_set_error", V_JI);
    storeContextLeaf = library.function("X509_STORE_CTX_get0_cert", J_J);
    parameterFlags = library.function("X509_VERIFY_PARAM_set_flags", I_JJ);
    parameterHostFlags = library.function("X509_VERIFY_PARAM_set_hostflags", V_JI);
    parameterHost = library.function("X509_VERIFY_PARAM_set1_host", I_JJJ);
    parameterMoreHost = library.function("X509_VERIFY_PARAM_add1_host", I_JJJ);
    parameterAddress = library.function("X509_VERIFY_PARAM_set1_ip", I_JJJ);
    checkHost = library.function("X509_check_host", I_JJJIJ);
    checkAddress = library.function("X509_check_ip", I_JJJI);
    verifyText = library.function("X509_verify_cert_error_string", J_J);
    count = library.function("OPENSSL_sk_num", I_J);
    element = library.function("OPENSSL_sk_value", J_JI);
    clearErrors = library.function("ERR_clear_error", V_V);
    nextError = library.function("ERR_get_error", J_V);
    errorReason = library.function("ERR_reason_error_string", J_J);
    aes256Cbc = library.function("EVP_aes_256_cbc", J_V);
    encryptInit = library.function("EVP_EncryptInit_ex", I_JJJJJ);
    decryptInit = library.function("EVP_DecryptInit_ex", I_JJJJJ);
    macParameters = library.function("EVP_MAC_CTX_set_params", I_JJ);
    random = library.function("RAND_bytes", I_JI);
  }

  /// OpenSSL_version(3).
  long version(int what) {
    try {
      // SAFETY: the result is static.
      return (long) this.version.invokeExact(what);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// OpenSSL_version_num(3).
  long versionNumber() {
    try {
      // SAFETY: a constant of the library.
      return (long) this.versionNumber.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// d2i_X509(3).
  long parseCertificate(long unused, long at, long length) {
    try {
      // SAFETY: `at` points to a pointer to `length` octets; the caller frees the result.
      return (long) this.parseCertificate.invokeExact(unused, at, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// i2d_X509(3).
  int encodeCertificate(long certificate, long at) {
    try {
      // SAFETY: with `at` 0 it only counts; else `at` points to a pointer to that much room.
      return (int) this.encodeCertificate.invokeExact(certificate, at);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_free(3).
  void certificateFree(long certificate) {
    try {
      // SAFETY: gives one use back; called once for each.
      this.certificateFree.invokeExact(certificate);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// d2i_AutoPrivateKey(3).
  long parseKey(long unused, long at, long length) {
    try {
      // SAFETY: `at` points to a pointer to `length` octets; the caller frees the result.
      return (long) this.parseKey.invokeExact(unused, at, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EVP_PKEY_free(3).
  void keyFree(long key) {
    try {
      // SAFETY: gives one use back; called once for each.
      this.keyFree.invokeExact(key);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_STORE_new(3).
  long newStore() {
    try {
      // SAFETY: the caller frees the result or gives it away.
      return (long) this.newStore.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_STORE_add_cert(3).
  int storeAdd(long store, long certificate) {
    try {
      // SAFETY: counts as another use of the X509.
      return (int) this.storeAdd.invokeExact(store, certificate);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_STORE_up_ref(3).
  int storeUse(long store) {
    try {
      // SAFETY: a live X509_STORE.
      return (int) this.storeUse.invokeExact(store);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_STORE_free(3).
  void storeFree(long store) {
    try {
      // SAFETY: gives one use back; called once for each.
      this.storeFree.invokeExact(store);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_STORE_CTX_get_ex_data(3).
  long storeContextTag(long storeContext, int index) {
    try {
      // SAFETY: the context of the verification under way.
      return (long) this.storeContextTag.invokeExact(storeContext, index);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_STORE_CTX_get_error(3).
  int storeContextError(long storeContext) {
    try {
      // SAFETY: the context of the verification under way.
      return (int) this.storeContextError.invokeExact(storeContext);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_STORE_CTX_set_error(3).
  void storeContextSetError(long storeContext, int error) {
    try {
      // SAFETY: the context of the verification under way.
      this.storeContextSetError.invokeExact(storeContext, error);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_STORE_CTX_get0_cert(3).
  long storeContextLeaf(long storeContext) {
    try {
      // SAFETY: the context of the verification under way; the result belongs to it.
      return (long) this.storeContextLeaf.invokeExact(storeContext);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_VERIFY_PARAM_set_flags(3).
  int parameterFlags(long parameters, long flags) {
    try {
      // SAFETY: live parameters.
      return (int) this.parameterFlags.invokeExact(parameters, flags);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_VERIFY_PARAM_set_hostflags(3).
  void parameterHostFlags(long parameters, int flags) {
    try {
      // SAFETY: live parameters.
      this.parameterHostFlags.invokeExact(parameters, flags);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_VERIFY_PARAM_set1_host(3).
  int parameterHost(long parameters, long name, long length) {
    try {
      // SAFETY: copies `length` octets.
      return (int) this.parameterHost.invokeExact(parameters, name, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_VERIFY_PARAM_add1_host(3).
  int parameterMoreHost(long parameters, long name, long length) {
    try {
      // SAFETY: copies `length` octets.
      return (int) this.parameterMoreHost.invokeExact(parameters, name, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_VERIFY_PARAM_set1_ip(3).
  int parameterAddress(long parameters, long address, long length) {
    try {
      // SAFETY: copies `length` octets, 4 or 16.
      return (int) this.parameterAddress.invokeExact(parameters, address, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_check_host(3).
  int checkHost(long certificate, long name, long length, int flags, long peerName) {
    try {
      // SAFETY: reads `length` octets; `peerName` is 0.
      return (int) this.checkHost.invokeExact(certificate, name, length, flags, peerName);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_check_ip(3).
  int checkAddress(long certificate, long address, long length, int flags) {
    try {
      // SAFETY: reads `length` octets, 4 or 16.
      return (int) this.checkAddress.invokeExact(certificate, address, length, flags);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// X509_verify_cert_error_string(3).
  long verifyText(long error) {
    try {
      // SAFETY: the result is static.
      return (long) this.verifyText.invokeExact(error);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// OPENSSL_sk_num(3).
  int count(long stack) {
    try {
      // SAFETY: a live stack, or 0.
      return (int) this.count.invokeExact(stack);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// OPENSSL_sk_value(3).
  long element(long stack, int index) {
    try {
      // SAFETY: a live stack; the result belongs to it.
      return (long) this.element.invokeExact(stack, index);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// ERR_clear_error(3).
  void clearErrors() {
    try {
      // SAFETY: concerns only this thread.
      this.clearErrors.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// ERR_get_error(3).
  long nextError() {
    try {
      // SAFETY: concerns only this thread.
      return (long) this.nextError.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// ERR_reason_error_string(3).
  long errorReason(long code) {
    try {
      // SAFETY: the result is static, or 0.
      return (long) this.errorReason.invokeExact(code);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EVP_aes_256_cbc(3).
  long aes256Cbc() {
    try {
      // SAFETY: the result is static.
      return (long) this.aes256Cbc.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EVP_EncryptInit_ex(3).
  int encryptInit(long cipherContext, long cipher, long engine, long key, long iv) {
    try {
      // SAFETY: reads 32 octets of key and 16 of iv.
      return (int) this.encryptInit.invokeExact(cipherContext, cipher, engine, key, iv);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EVP_DecryptInit_ex(3).
  int decryptInit(long cipherContext, long cipher, long engine, long key, long iv) {
    try {
      // SAFETY: reads 32 octets of key and 16 of iv.
      return (int) this.decryptInit.invokeExact(cipherContext, cipher, engine, key, iv);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// EVP_MAC_CTX_set_params(3).
  int macParameters(long macContext, long parameters) {
    try {
      // SAFETY: reads an array of OSSL_PARAM that ends with a key of 0.
      return (int) this.macParameters.invokeExact(macContext, parameters);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// RAND_bytes(3).
  int random(long into, int length) {
    try {
      // SAFETY: writes `length` octets, which the caller has there.
      return (int) this.random.invokeExact(into, length);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
