// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A peak-sensitive, exponentially weighted moving average of response times.
///
/// **Idea.** A response slower than the average replaces it at once; a faster one pulls it down the
/// more, the longer ago the last one was. So one slow answer keeps work away, and only time with
/// fast answers brings it back. Without answers the average fades, else a backend that once was
/// slow would never be asked again.
///
/// **Invariant.** Value and moment are one 64-bit word, changed by compare-and-set: no reader sees
/// the value of one response with the moment of another. Time that goes backwards counts as no
/// time.
///
/// **Cost.** A read is one load, a subtraction and a division; an observation one compare-and-set.
///
/// **Paper.** The peak EWMA balancer of Twitter's Finagle; the decay here is 1/(1 + age/window) in
/// place of exp(-age/window), which costs ten times as much and orders backends alike.
final class Latency {
  /// Age at which half of an average is forgotten.
  private static final float WINDOW_TICKS = 10_000_000_000L / (float) (1 << 20);

  private static final VarHandle PACKED;

  static {
    try {
      PACKED = MethodHandles.lookup().findVarHandle(Latency.class, "packed", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// The average in nanoseconds as a float, and the moment in ticks of 2^20 ns, which wrap around
  /// after 52 days. Zero before the first response.
  @SuppressWarnings("UnusedVariable") // by its handle
  private volatile long packed;

  private static long pack(float nanos, int tick) {
    return (long) Float.floatToRawIntBits(nanos) << 32 | tick & 0xffff_ffffL;
  }

  private static float nanos(long packed) {
    return Float.intBitsToFloat((int) (packed >>> 32));
  }

  private static int ticks(long now) {
    return (int) (now >> 20);
  }

  /// Takes a response time into the average.
  void observe(long nanos, long now) {
    float sample = Math.max(1, nanos);
    int tick = ticks(now);
    long seen = (long) PACKED.getAcquire(this);
    while (!PACKED.weakCompareAndSetRelease(this, seen, next(seen, sample, tick))) {
      seen = (long) PACKED.getAcquire(this);
    }
  }

  private static long next(long seen, float sample, int tick) {
    float average = nanos(seen);
    if (sample >= average) {
      return pack(sample, tick);
    }
    int passed = tick - (int) seen;
    // Responses within a tick are told apart no more: each counts as a fraction of it.
    float age = passed <= 0 ? 0.125f : passed;
    float kept = WINDOW_TICKS / (WINDOW_TICKS + age);
    return pack(sample + (average - sample) * kept, passed > 0 ? tick : (int) seen);
  }

  /// {@return the average in nanoseconds, faded to the present; 0 before the first response}
  float at(long now) {
    long seen = (long) PACKED.getOpaque(this);
    if (seen == 0) {
      return 0;
    }
    int age = ticks(now) - (int) seen;
    return age <= 0 ? nanos(seen) : nanos(seen) * (WINDOW_TICKS / (WINDOW_TICKS + age));
  }
}
