// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.lang.reflect.Method;

/// Measures what the calling thread allocates.
final class Allocation {
  private Allocation() {}

  /// {@return bytes allocated by `rounds` runs of `action`, after as many to warm up}
  static long of(int rounds, Runnable action) throws ReflectiveOperationException {
    repeat(rounds, action);
    long before = allocated();
    repeat(rounds, action);
    return allocated() - before;
  }

  private static void repeat(int rounds, Runnable action) {
    for (int i = 0; i < rounds; i++) {
      action.run();
    }
  }

  /// Reached by reflection: the module under test does not read the management modules.
  private static long allocated() throws ReflectiveOperationException {
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    Method bytes =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes");
    return (long) bytes.invoke(threads);
  }
}
