// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Every benchmark runs once, so that none rots. Measuring is for `./jmh`.
final class SmokeTest {
  @Test
  void everyBenchmarkRuns() throws RunnerException {
    // Nothing is measured, so whoever measures meanwhile need not be waited for.
    System.setProperty("jmh.ignoreLock", "true");
    Options once =
        new OptionsBuilder()
            .include("dev\\.pingora\\.benchmarks\\.")
            .mode(Mode.SingleShotTime)
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(once).run();
    assertThat(
            results.stream()
                .map(result -> result.getParams().getBenchmark().replaceAll("\\.\\w+$", ""))
                .distinct())
        .contains(
            "dev.pingora.benchmarks.Caches",
            "dev.pingora.benchmarks.HeadStorage",
            "dev.pingora.benchmarks.Http1Heads",
            "dev.pingora.benchmarks.Ketama",
            "dev.pingora.benchmarks.Limits",
            "dev.pingora.benchmarks.LruUse",
            "dev.pingora.benchmarks.Pool",
            "dev.pingora.benchmarks.Timers");
  }
}
