// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;

/// The one reflective class of the project: a builder of virtual threads whose continuations run on
/// an executor of ours.
///
/// A custom scheduler is not public API in JDK 25. The package-private constructor
/// `java.lang.ThreadBuilders$VirtualThreadBuilder(Executor)` exists, and is reached when the JVM
/// was started with [#REQUIRED_FLAG]. Everything else in the project speaks of loops and threads
/// only.
final class BoundThreads {
  /// What the JVM must be started with for loop-bound threads to work.
  static final String REQUIRED_FLAG = "--add-opens java.base/java.lang=dev.pingora.runtime";

  private BoundThreads() {}

  /// {@return a builder of virtual threads that run on `scheduler` and nowhere else}
  ///
  /// @throws IllegalStateException when the JVM was started without [#REQUIRED_FLAG]
  static Thread.Builder.OfVirtual builder(Executor scheduler) {
    try {
      Class<?> type = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
      Constructor<?> constructor = type.getDeclaredConstructor(Executor.class);
      constructor.setAccessible(true);
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
