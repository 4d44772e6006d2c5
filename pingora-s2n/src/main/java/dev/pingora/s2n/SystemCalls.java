// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// Bare downcalls into the C library that s2n-tls itself uses. No logic.
final class SystemCalls {
  /// What a callback says that has no octets now: Linux.
  private static final int EAGAIN = 11;

  private final MethodHandle malloc;
  private final MethodHandle free;
  private final MethodHandle setenv;
  private final MethodHandle errnoLocation;

  /// Binds the functions; those that are missing are noted in the library.
  SystemCalls(NativeLibrary library) {
    malloc = library.function("malloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    free = library.function("free", FunctionDescriptor.ofVoid(JAVA_LONG));
    setenv =
        library.function("setenv", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    errnoLocation =
        library.function(
            "__errno_location", FunctionDescriptor.of(JAVA_LONG), Linker.Option.critical(false));
  }

  /// malloc(3).
  long allocate(long size) {
    try {
      // SAFETY: gives 0 or so many octets that the caller frees.
      return (long) malloc.invokeExact(size);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// free(3).
  void release(long address) {
    try {
      // SAFETY: once, what [#allocate] gave; 0 is fine.
      free.invokeExact(address);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// setenv(3), replacing.
  int environment(long name, long value) {
    try {
      // SAFETY: copies two C strings. Other threads that read the environment just now could see it
      // half done: once in a process, before the first connection.
      return (int) setenv.invokeExact(name, value, 1);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }

  /// Has errno say "try again". Within a callback, as its last act: whatever else runs may change
  /// it.
  void tryAgain() {
    try {
      // SAFETY: the address of an int of this thread.
      long address = (long) errnoLocation.invokeExact();
      NativeLibrary.MEMORY.set(JAVA_INT, address, EAGAIN);
    } catch (Throwable e) {
      throw NativeLibrary.broken(e);
    }
  }
}
