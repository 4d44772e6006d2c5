// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;

/// The one reflective class of the project: a builder of virtual threads whose continuations run on
/// an executor of ours, and the question which carrier the current thread is on.
///
/// A custom scheduler is not public API in JDK 25. The package-private constructor
/// `java.lang.ThreadBuilders$VirtualThreadBuilder(Executor)` and the method
/// `Thread.currentCarrierThread()` exist, and are reached when the JVM was started with
/// [#REQUIRED_FLAG]. Everything else in the project speaks of loops and threads only.
final class BoundThreads {
  /// What the JVM must be started with for loop-bound threads to work.
  static final String REQUIRED_FLAG = "--add-opens java.base/java.lang=dev.pingora.runtime";

  private BoundThreads() {}

  /// Found when first asked, which only bound loops do.
  private static final class CurrentCarrier {
    static final MethodHandle HANDLE;

    static {
      try {
        Method method = Thread.class.getDeclaredMethod("currentCarrierThread");
        method.setAccessible(true);
        HANDLE = MethodHandles.lookup().unreflect(method);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }

  /// {@return the platform thread that runs this code, whether or not in a virtual thread} An
  /// intrinsic: costs a register read.
  static Thread currentCarrier() {
    try {
      return (Thread) CurrentCarrier.HANDLE.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /// {@return a builder of virtual threads that run on `scheduler` and nowhere else}
  ///
  /// @throws IllegalStateException when the JVM was started without [#REQUIRED_FLAG]
  static Thread.Builder.OfVirtual builder(Executor scheduler) {
    try {
      Class<?> type = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
      Constructor<?> constructor = type.getDeclaredConstructor(Executor.class);
      constructor.setAccessible(true);
      var _ = currentCarrier(); // fails here rather than in the middle of a turn
      Thread.Builder.OfVirtual builder =
          (Thread.Builder.OfVirtual) constructor.newInstance(scheduler);
      return builder.inheritInheritableThreadLocals(false);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("virtual threads refuse a scheduler of ours", e.getCause());
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException(
          "loop-bound virtual threads are out of reach (expected: a JVM started with "
              + REQUIRED_FLAG
              + ", or work_stealing: true)",
          e);
    }
  }
}
