// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static dev.pingora.s2n.Shapes.BRIEF;
import static dev.pingora.s2n.Shapes.I_I;
import static dev.pingora.s2n.Shapes.I_V;
import static dev.pingora.s2n.Shapes.J_I;
import static dev.pingora.s2n.Shapes.J_IJ;
import static dev.pingora.s2n.Shapes.J_V;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.invoke.MethodHandle;

/// Bare downcalls about the library as a whole, as in s2n.h. No logic.
final class LibraryCalls {
  private final MethodHandle disableAtExit;
  private final MethodHandle initialize;
  private final MethodHandle errorLocation;
  private final MethodHandle errorType;
  private final MethodHandle errorText;
  private final MethodHandle errorName;

  /// Binds the functions; those that are missing are noted in the library.
  LibraryCalls(NativeLibrary library) {
    disableAtExit = library.function("s2n_disable_atexit", I_V);
    initialize = library.function("s2n_init", I_V);
    errorLocation = library.function("s2n_errno_location", J_V, BRIEF);
    errorType = library.function("s2n_error_get_type", I_I, BRIEF);
    errorText = library.function("s2n_strerror", J_IJ);
    errorName = library.function("s2n_strerror_name", J_I);
  }

  /// s2n_disable_atexit().
  int disableAtExit() {
    try {
      // SAFETY: before the library is used.
      return (int) this.disableAtExit.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_init().
  int initialize() {
    try {
      // SAFETY: once in a process.
      return (int) this.initialize.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_errno_location().
  long errorLocation() {
    try {
      // SAFETY: gives an address of this thread.
      return (long) this.errorLocation.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_error_get_type().
  int errorType(int error) {
    try {
      // SAFETY: computes.
      return (int) this.errorType.invokeExact(error);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_strerror().
  long errorText(int error, long language) {
    try {
      // SAFETY: gives a C string that is never freed.
      return (long) this.errorText.invokeExact(error, language);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// s2n_strerror_name().
  long errorName(int error) {
    try {
      // SAFETY: gives a C string that is never freed.
      return (long) this.errorName.invokeExact(error);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
