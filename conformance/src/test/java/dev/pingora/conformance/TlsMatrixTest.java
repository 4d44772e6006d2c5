// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TlsCase;
import dev.pingora.testkit.tls.TlsContract;
import dev.pingora.tls.Availability;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every TLS provider as a client with every one as a server, in memory. A new provider joins by
/// being a dependency of this module.
final class TlsMatrixTest {
  /// {@return those that can be used here}
  private static List<TlsProvider> usable() {
    return TlsProviders.installed().all().stream()
        .filter(provider -> provider.availability() instanceof Availability.Available)
        .toList();
  }

  @Test
  void theProviderOfTheJdkIsAlwaysThere() {
    assertThat(usable()).extracting(TlsProvider::id).contains("jsse");
  }

  @Test
  void whatIsMissingSaysWhy() {
    for (TlsProvider provider : TlsProviders.installed().all()) {
      if (provider.availability() instanceof Availability.Missing(String reason)) {
        assertThat(reason).as(provider.id()).isNotBlank().doesNotContain("\n");
      }
    }
  }

  @TestFactory
  Stream<DynamicContainer> eachClientWithEachServer() {
    List<TlsProvider> usable = usable();
    return usable.stream().flatMap(client -> usable.stream().map(server -> pair(client, server)));
  }

  private static DynamicContainer pair(TlsProvider client, TlsProvider server) {
    String name = client.id() + " with a server of " + server.id();
    return DynamicContainer.dynamicContainer(
        name,
        TlsContract.between(client, server).stream()
            .map(behaviour ->
                DynamicTest.dynamicTest(
                    name + ": " + behaviour.name(), () -> run(name, behaviour))));
  }

  private static void run(String name, TlsCase behaviour) {
    try {
      behaviour.run();
    } catch (AssertionError e) {
      throw new AssertionError(name + ": " + e.getMessage(), e);
    }
  }
}
