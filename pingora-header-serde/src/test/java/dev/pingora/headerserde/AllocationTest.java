// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

final class AllocationTest {
  private static final int ROUNDS = 20_000;

  /// What zstd-jni allocates to call zstd, as long as the compiler has not removed it.
  private static final int ZSTD = 600;

  private interface Action {
    void run() throws ProxyException;
  }

  /// {@return bytes a run allocates, once warm}
  private static long of(Action action) throws ProxyException, ReflectiveOperationException {
    for (int i = 0; i < 2 * ROUNDS; i++) {
      action.run();
    }
    long before = allocated();
    for (int i = 0; i < ROUNDS; i++) {
      action.run();
    }
    return (allocated() - before) / ROUNDS;
  }

  /// Reached by reflection: the module under test does not read the management modules.
  private static long allocated() throws ReflectiveOperationException {
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    Method bytes =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes");
    return (long) bytes.invoke(threads);
  }

  @Test
  void allocatesLittleBesideItsResult() throws Exception {
    ResponseHeader head = Heads.make(71, 1).getFirst();
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
      byte[] stored = serde.serialize(head);

      assertThat(of(() -> serde.serialize(head))).isLessThan(stored.length + ZSTD);
      // The text, its index of eight octets a line, two objects.
      assertThat(of(() -> serde.deserialize(stored)))
          .isLessThan(HeaderText.length(head) * 5L / 4 + 200 + ZSTD);
    }
  }
}
