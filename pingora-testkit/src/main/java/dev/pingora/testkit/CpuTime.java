// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/// What a computation costs, whatever else the machine does meanwhile: for bounds that tell linear
/// from quadratic, not for speed.
public final class CpuTime {
  private CpuTime() {}

  /// {@return processor time that this platform thread spent in `work`}
  public static Duration of(Runnable work) {
    long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    work.run();
    return Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin);
  }
}
