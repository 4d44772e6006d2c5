// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.tls.Availability;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// `docs/tls-providers.md` says what the code says. Rewritten with `-Dpingora.rewrite=true`.
final class ProviderTableTest {
  private static final Path PAGE =
      Path.of("").toAbsolutePath().resolveSibling(Path.of("docs", "tls-providers.md"));

  /// {@return the table, with the columns of the providers that are here made anew}
  private static ProviderTable updated(ProviderTable old) {
    Map<String, Map<String, String>> columns = new TreeMap<>(old.columns());
    for (TlsProvider provider : TlsProviders.installed().all()) {
      if (provider.availability() instanceof Availability.Available here) {
        String column = ProviderTable.column(provider.id(), here);
        boolean documented =
            columns.keySet().stream().anyMatch(name -> name.startsWith(provider.id() + ":"));
        // Another version of a library that has a column: not the page's business.
        if (columns.containsKey(column) || !documented || Boolean.getBoolean("pingora.rewrite")) {
          columns.put(column, ProviderTable.cells(here));
        }
      }
    }
    return new ProviderTable(columns);
  }

  @Test
  void thePageSaysWhatTheCodeSays() throws IOException {
    String committed = Files.exists(PAGE) ? Files.readString(PAGE) : "";
    String page = updated(ProviderTable.parse(committed)).page();
    if (Boolean.getBoolean("pingora.rewrite")) {
      Files.writeString(PAGE, page);
      return;
    }
    assertThat(committed)
        .as("docs/tls-providers.md (rewrite: -Dpingora.rewrite=true)")
        .isEqualTo(page);
  }

  @Test
  void columnsOfOthersAreKept() {
    String page =
        """
        | Capability | other: Other 1.2 |
        | --- | --- |
        | TLS 1.2 | yes |
        | FIPS 140-3 | no |

        | Certificate | verdict |
        """;
    ProviderTable table = updated(ProviderTable.parse(page));

    assertThat(table.columns().get("other: Other 1.2"))
        .containsEntry("TLS 1.2", "yes")
        .containsEntry("FIPS 140-3", "no");
    assertThat(table.columns()).hasSizeGreaterThan(1);
    assertThat(ProviderTable.parse(table.page())).isEqualTo(ProviderTable.parse(table.page()));
    assertThat(ProviderTable.parse(table.page()).columns().get("other: Other 1.2"))
        .containsEntry("TLS 1.3", "–");
  }
}
