// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What `--tls-providers` prints: which TLS libraries can be used here, and what they can do.
final class ProviderReport {
  private ProviderReport() {}

  /// {@return the text: a paragraph for each provider}
  static String of(TlsProviders providers) {
    StringBuilder text = new StringBuilder();
    String first = null;
    for (TlsProvider provider : providers.all()) {
      switch (provider.availability()) {
        case Availability.Available available -> {
          if (first == null) {
            first = provider.id();
          }
          text.append(paragraph(provider.id(), available));
        }
        case Availability.Missing(String reason) ->
            text.append("%-10s not here: %s%n%n".formatted(provider.id(), reason));
      }
    }
    return text.append("auto       takes ")
        .append(first == null ? "none" : first)
        .append(System.lineSeparator())
        .toString();
  }

  private static String paragraph(String id, Availability.Available available) {
    List<String> lines = new ArrayList<>();
    lines.add("%-10s %s".formatted(id, available.library()));
    lines.add("%-10s from   %s".formatted("", available.origin()));
    lines.add("%-10s lacks  %s".formatted("", lacks(available.capabilities())));
    lines.add("%-10s FIPS   %s".formatted("", available.fips()));
    return String.join(System.lineSeparator(), lines) + System.lineSeparator().repeat(2);
  }

  private static String lacks(Set<Capability> has) {
    Set<Capability> lacking = EnumSet.allOf(Capability.class);
    lacking.removeAll(has);
    return lacking.isEmpty()
        ? "nothing"
        : lacking.stream().map(Capability::toString).collect(Collectors.joining(", "));
  }
}
