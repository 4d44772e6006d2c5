// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// Randomness without a secret, for any thread.
final class SharedRandom implements RandomGenerator {
  static final SharedRandom INSTANCE = new SharedRandom();

  private SharedRandom() {}

  @Override
  public long nextLong() {
    return ThreadLocalRandom.current().nextLong();
  }
}
