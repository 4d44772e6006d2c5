// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Optional;

/// Bare downcalls into the C library, for what neither the JDK nor Netty has a call. No logic here:
/// arguments and results are those of the manual pages, and errors are negative results.
///
/// Needs `--enable-native-access=dev.pingora.runtime`; without it the JVM warns, and may refuse in
/// a later release. Thread-safe.
@SuppressWarnings("restricted") // that is what this class is for
final class LibC {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();

  private static final MethodHandle GETRLIMIT =
      handle("getrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle SIGEMPTYSET =
      handle("sigemptyset", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle SIGADDSET =
      handle("sigaddset", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SIGNALFD =
      handle("signalfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle EVENTFD =
      handle("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle POLL =
      handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle READ =
      handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private LibC() {}

  /// {@return whether the C library is Linux's: the others have no `signalfd`}
  static boolean isLinux() {
    return SYMBOLS.find("signalfd").isPresent();
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Optional<MemorySegment> symbol = SYMBOLS.find(name);
    return symbol
        .map(address -> LINKER.downcallHandle(address, descriptor))
        .orElseGet(() -> missing(name, descriptor));
  }

  /// Fails when it is called, not when the class is loaded.
  private static MethodHandle missing(String name, FunctionDescriptor descriptor) {
    return MethodHandles.dropArguments(
        MethodHandles.insertArguments(
            MethodHandles.throwException(
                descriptor.toMethodType().returnType(), UnsupportedOperationException.class),
            0,
            new UnsupportedOperationException("this system has no " + name)),
        0,
        descriptor.toMethodType().parameterList());
  }

  /// getrlimit(2).
  static int getrlimit(int resource, MemorySegment limits) {
    try {
      // SAFETY: the kernel writes struct rlimit, two longs: the caller's segment has 16 bytes.
      return (int) GETRLIMIT.invokeExact(resource, limits);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// sigemptyset(3).
  static int sigemptyset(MemorySegment set) {
    try {
      // SAFETY: writes a sigset_t, 128 bytes at most, into a segment of that size.
      return (int) SIGEMPTYSET.invokeExact(set);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// sigaddset(3).
  static int sigaddset(MemorySegment set, int signal) {
    try {
      // SAFETY: writes within the sigset_t, 128 bytes at most, that sigemptyset has filled.
      return (int) SIGADDSET.invokeExact(set, signal);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// signalfd(2).
  static int signalfd(int descriptor, MemorySegment set, int flags) {
    try {
      // SAFETY: reads a sigset_t that was filled before.
      return (int) SIGNALFD.invokeExact(descriptor, set, flags);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// eventfd(2).
  static int eventfd(int value, int flags) {
    try {
      // SAFETY: no memory is passed.
      return (int) EVENTFD.invokeExact(value, flags);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// poll(2).
  static int poll(MemorySegment descriptors, long count, int timeoutMillis) {
    try {
      // SAFETY: reads and writes `count` structs pollfd of 8 bytes, which the segment holds.
      return (int) POLL.invokeExact(descriptors, count, timeoutMillis);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// read(2).
  static long read(int descriptor, MemorySegment into) {
    try {
      // SAFETY: writes at most as many bytes as the segment has.
      return (long) READ.invokeExact(descriptor, into, into.byteSize());
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// write(2).
  static long write(int descriptor, MemorySegment from) {
    try {
      // SAFETY: reads as many bytes as the segment has.
      return (long) WRITE.invokeExact(descriptor, from, from.byteSize());
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// close(2).
  static int close(int descriptor) {
    try {
      // SAFETY: no memory is passed; the caller owns the descriptor and forgets it.
      return (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static RuntimeException broken(Throwable e) {
    return e instanceof RuntimeException known
        ? known
        : new IllegalStateException("a call into the C library failed", e);
  }
}
