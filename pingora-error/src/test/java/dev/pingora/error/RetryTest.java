// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryTest {
  @ParameterizedTest
  @CsvSource({
    "NEVER,false,false",
    "NEVER,true,false",
    "IF_REUSED,false,false",
    "IF_REUSED,true,true",
    "ALWAYS,false,true",
    "ALWAYS,true,true",
  })
  void decidesOnceItIsKnownWhetherTheConnectionWasReused(
      Retry retry, boolean reused, boolean expected) {
    assertThat(retry.retryable(reused)).isEqualTo(expected);
  }
}
