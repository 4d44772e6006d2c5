// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

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
/// **Cost.** A read is one load and two subtractions; an observation one compare-and-set.
///
/// **Paper.** The peak EWMA balancer of Twitter's Finagle. To halve a float is to take one from its
/// exponent, so to fade one is to subtract from its bits: exact at whole half-lives, and at most 6
/// % off between (the straight line in place of the exponential), which orders backends alike.
final class Latency {
  /// The half-life is 2^10 ticks, 1.07 s; an eighth of a tick is then 2^10 in the bits of a float.
  private static final int EIGHTH_SHIFT = 23 - 10 - 3;

  /// After so many ticks, two minutes, nothing is left of any average.
  private static final int FORGOTTEN_TICKS = 1 << 17;

  /// An average that has faded; not zero, which means that there never was one.
  private static final float FADED = Float.MIN_NORMAL;

  private Latency() {}

  /// The average in nanoseconds as a float, and the moment in ticks of 2^20 ns, which wrap around
  /// after 52 days.
  private static long pack(float nanos, int tick) {
    return (long) Float.floatToRawIntBits(nanos) << 32 | tick & 0xffff_ffffL;
  }

  private static float nanos(long packed) {
    return Float.intBitsToFloat((int) (packed >>> 32));
  }

  private static int ticks(long now) {
    return (int) (now >> 20);
  }

  /// {@return the average with a response time taken into it}
  static long with(long seen, long nanos, long now) {
    return next(seen, (float) Math.max(1, nanos), ticks(now));
  }

  private static long next(long seen, float sample, int tick) {
    float average = nanos(seen);
    if (sample >= average) {
      return pack(sample, tick);
    }
    int passed = tick - (int) seen;
    if (passed > 0) {
      return pack(sample + faded(average - sample, passed, 0), tick);
    }
    // Responses within a tick are told apart no more: each counts as a fraction of it.
    return pack(sample + faded(average - sample, 0, 1), (int) seen);
  }

  /// {@return what is left of a positive number after so many ticks and eighths of them}
  private static float faded(float number, int ticks, int eighths) {
    if (ticks >= FORGOTTEN_TICKS) {
      return FADED;
    }
    int bits = Float.floatToRawIntBits(number) - ((ticks * 8 + eighths) << EIGHTH_SHIFT);
    return Math.max(FADED, Float.intBitsToFloat(Math.max(0, bits)));
  }

  /// {@return the average in nanoseconds, faded to the present; 0 before the first response}
  static float at(long seen, long now) {
    if (seen == 0) {
      return 0;
    }
    int age = ticks(now) - (int) seen;
    return age <= 0 ? nanos(seen) : faded(nanos(seen), age, 0);
  }
}
