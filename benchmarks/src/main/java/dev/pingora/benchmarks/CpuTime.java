// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/// CPU time an operation, of all threads of the process: helpers in the background count, and other
/// work on the machine, which takes time but not this time, disturbs less. `./jmh … -prof
/// dev.pingora.benchmarks.CpuTime`
public final class CpuTime implements InternalProfiler {
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private long before;

  /// Made by JMH.
  public CpuTime() {}

  @Override
  public String getDescription() {
    return "CPU time of the process an operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = system.getProcessCpuTime();
  }

  @Override
  public Collection<ScalarResult> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long used = system.getProcessCpuTime() - before;
    // JMH keeps the threads busy before and after the time it measures, and counts that too.
    double operations = Math.max(1, result.getMetadata().getAllOps());
    return List.of(new ScalarResult("cpu", used / operations, "ns/op", AggregationPolicy.AVG));
  }
}
