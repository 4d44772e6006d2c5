// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// Randomness without a secret, for any thread.
final class SharedRandom implements RandomGenerator {
  @Override
  public long nextLong() {
    return ThreadLocalRandom.current().nextLong();
  }
}
