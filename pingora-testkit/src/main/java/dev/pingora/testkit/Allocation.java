// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Heap bytes that the calling thread allocates; how tests hold a hot path to "nothing".
///
/// Call the code often enough beforehand: class loading and interpreted code allocate too.
public final class Allocation {
  private Allocation() {}

  /// {@return bytes allocated by this thread while `code` ran, give or take a few hundred}
  public static long of(Runnable code) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    code.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
