// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// Two threads want the same missing value: it is loaded once, however they meet.
///
/// Results: the loads, and the values they got.
@JCStressTest
@Outcome(id = "1, 7, 7", expect = Expect.ACCEPTABLE, desc = "One load for both.")
@State
public class ReadThroughStress {
  private final ReadThroughCache<String, Integer> cache = ReadThroughCache.of(8);
  private final AtomicInteger loads = new AtomicInteger();

  @Actor
  public void one(III_Result result) {
    result.r2 = get();
  }

  @Actor
  public void other(III_Result result) {
    result.r3 = get();
  }

  private int get() {
    try {
      Integer value = cache.get("k", null, this::load).value();
      return value == null ? 0 : value;
    } catch (LoadException | InterruptedException forbidden) {
      return -1;
    }
  }

  private Loaded<Integer> load(String key) {
    loads.incrementAndGet();
    return Loaded.of(7);
  }

  @Arbiter
  public void end(III_Result result) {
    result.r1 = loads.get();
  }
}
