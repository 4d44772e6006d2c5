// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

/// Where monotonic time comes from; passed in, so that tests decide what time it is.
///
/// Values have no meaning but their difference, and may wrap around: compare them as `a - b < 0`,
/// never as `a < b`. A ticker is called on hot paths and by any thread.
@FunctionalInterface
public interface Ticker {
  /// {@return nanoseconds since an arbitrary origin, never less than an earlier value}
  long nanoTime();

  /// {@return the clock of the virtual machine, [System#nanoTime()]}
  static Ticker system() {
    return System::nanoTime;
  }
}
