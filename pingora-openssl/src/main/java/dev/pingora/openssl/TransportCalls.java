// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static dev.pingora.openssl.Shapes.BRIEF;
import static dev.pingora.openssl.Shapes.I_J;
import static dev.pingora.openssl.Shapes.I_JJ;
import static dev.pingora.openssl.Shapes.J_IJ;
import static dev.pingora.openssl.Shapes.J_J;
import static dev.pingora.openssl.Shapes.J_JJI;
import static dev.pingora.openssl.Shapes.J_V;
import static dev.pingora.openssl.Shapes.V_JI;
import static dev.pingora.openssl.Shapes.V_JJ;
import static dev.pingora.openssl.Shapes.V_JJI;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;

/// Bare downcalls into libcrypto, about memory and BIOs, as in its manual pages: addresses are
/// numbers, 0 is NULL. No logic.
///
/// The handles are fields of an object, not constants, as several libraries with these functions
/// live in one process. That costs 14 ns a call; a handshake has some twenty, a record three.
final class TransportCalls {
  private final MethodHandle newMethod;
  private final MethodHandle methodRead;
  private final MethodHandle methodWrite;
  private final MethodHandle methodControl;
  private final MethodHandle controlOf;
  private final MethodHandle nullMethod;
  private final MethodHandle newBio;
  private final MethodHandle bioReady;
  private final MethodHandle bioFlags;
  private final MethodHandle bioSetTag;
  private final MethodHandle bioTag;
  private final MethodHandle bioFree;
  private final MethodHandle allocate;
  private final MethodHandle release;

  /// Binds the functions; those that are missing are noted in the library.
  TransportCalls(NativeLibrary library) {
    newMethod = library.function("BIO_meth_new", J_IJ);
    methodRead = library.function("BIO_meth_set_read", I_JJ);
    methodWrite = library.function("BIO_meth_set_write", I_JJ);
    methodControl = library.function("BIO_meth_set_ctrl", I_JJ);
    controlOf = library.function("BIO_meth_get_ctrl", J_J);
    nullMethod = library.function("BIO_s_null", J_V);
    newBio = library.function("BIO_new", J_J);
    bioReady = library.function("BIO_set_init", V_JI);
    bioFlags = library.function("BIO_set_flags", V_JI);
    bioSetTag = library.function("BIO_set_data", V_JJ);
    bioTag = library.function("BIO_get_data", J_J, BRIEF);
    bioFree = library.function("BIO_free", I_J);
    allocate = library.function("CRYPTO_malloc", J_JJI);
    release = library.function("CRYPTO_free", V_JJI);
  }

  /// BIO_meth_new(3).
  long newMethod(int type, long name) {
    try {
      // SAFETY: copies a C string; the result is never freed.
      return (long) this.newMethod.invokeExact(type, name);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_meth_set_read(3).
  int methodRead(long method, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.methodRead.invokeExact(method, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_meth_set_write(3).
  int methodWrite(long method, long callback) {
    try {
      // SAFETY: the callback is a stub that lives as long as the process.
      return (int) this.methodWrite.invokeExact(method, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_meth_set_ctrl(3).
  int methodControl(long method, long callback) {
    try {
      // SAFETY: the callback is a function of the library, or such a stub.
      return (int) this.methodControl.invokeExact(method, callback);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_meth_get_ctrl(3).
  long controlOf(long method) {
    try {
      // SAFETY: a method of this library.
      return (long) this.controlOf.invokeExact(method);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_s_null(3).
  long nullMethod() {
    try {
      // SAFETY: the result is static.
      return (long) this.nullMethod.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_new(3).
  long newBio(long method) {
    try {
      // SAFETY: a method of this library; the caller frees the result or gives it away.
      return (long) this.newBio.invokeExact(method);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_set_init(3).
  void bioReady(long bio, int ready) {
    try {
      // SAFETY: a live BIO.
      this.bioReady.invokeExact(bio, ready);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_set_flags(3).
  void bioFlags(long bio, int flags) {
    try {
      // SAFETY: a live BIO.
      this.bioFlags.invokeExact(bio, flags);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_set_data(3).
  void bioSetTag(long bio, long tag) {
    try {
      // SAFETY: a live BIO; the tag is a number to it, never followed.
      this.bioSetTag.invokeExact(bio, tag);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_get_data(3).
  long bioTag(long bio) {
    try {
      // SAFETY: a live BIO; a getter.
      return (long) this.bioTag.invokeExact(bio);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// BIO_free(3).
  int bioFree(long bio) {
    try {
      // SAFETY: called once, for BIOs that were not given away.
      return (int) this.bioFree.invokeExact(bio);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// CRYPTO_malloc(3).
  long allocate(long length, long file, int line) {
    try {
      // SAFETY: the caller gives the result to the library; `file` is 0.
      return (long) this.allocate.invokeExact(length, file, line);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// CRYPTO_free(3).
  void release(long address, long file, int line) {
    try {
      // SAFETY: once, for what `allocate` gave; `file` is 0.
      this.release.invokeExact(address, file, line);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
