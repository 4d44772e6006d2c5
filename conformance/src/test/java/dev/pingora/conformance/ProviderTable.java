// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import dev.pingora.testkit.tls.TlsDifference;
import dev.pingora.testkit.tls.TlsVerdict;
import dev.pingora.tls.Availability.Available;
import dev.pingora.tls.Capability;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The page `docs/tls-providers.md`: what the providers can, each in one version of its library.
///
/// A column says what a provider says of itself. Those of providers that are not here, or here in
/// another version, are kept as they stand.
///
/// @param columns by provider and version, such as `openssl: OpenSSL 3.0`; then by row
record ProviderTable(Map<String, Map<String, String>> columns) {
  private static final Pattern SERIES = Pattern.compile(".*? [0-9]+(\\.[0-9]+)?");
  private static final String FIPS = "FIPS 140-3";
  private static final String YES = "yes";
  private static final String NO = "–";

  static String column(String id, Available provider) {
    Matcher series = SERIES.matcher(provider.library());
    return id + ": " + (series.lookingAt() ? series.group() : provider.library());
  }

  static Map<String, String> cells(Available provider) {
    Map<String, String> cells = new LinkedHashMap<>();
    for (Capability capability : Capability.values()) {
      cells.put(capability.toString(), provider.capabilities().contains(capability) ? YES : NO);
    }
    cells.put(FIPS, provider.fips().replace("|", "/"));
    return cells;
  }

  /// {@return the table of a page}
  static ProviderTable parse(String page) {
    Map<String, Map<String, String>> columns = new TreeMap<>();
    List<String> heads = List.of();
    for (String line : page.lines().filter(each -> each.startsWith("| ")).toList()) {
      List<String> cells = cells(line);
      if (cells.getFirst().equals("Capability")) {
        heads = cells.subList(1, cells.size());
      } else if (cells.size() == heads.size() + 1) {
        for (int i = 0; i < heads.size(); i++) {
          columns
              .computeIfAbsent(heads.get(i), _ -> new LinkedHashMap<>())
              .put(cells.getFirst(), cells.get(i + 1));
        }
      } else {
        break; // the next table
      }
    }
    return new ProviderTable(columns);
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    for (String cell : line.substring(1, line.lastIndexOf('|')).split("\\|", -1)) {
      cells.add(cell.strip());
    }
    return cells;
  }

  /// {@return the page}
  String page() {
    StringBuilder page = new StringBuilder();
    page.append("# TLS providers\n\n");
    page.append(
        "What each provider can, with one version of its library per column. Made by a test");
    page.append(
        " (`ProviderTableTest`)\nthat fails when this page and the code differ; the matrix");
    page.append(" of all clients with all servers\n(`TlsMatrixTest`) asks for exactly this. A");
    page.append(
        " configuration that a provider cannot honour is an error\nwhen it is loaded, never");
    page.append(" ignored.\n\n");
    row(page, "Capability", List.copyOf(columns.keySet()));
    row(page, "---", columns.keySet().stream().map(_ -> "---").toList());
    List<String> rows = new ArrayList<>();
    for (Capability capability : Capability.values()) {
      rows.add(capability.toString());
    }
    rows.add(FIPS);
    for (String name : rows) {
      row(
          page,
          name,
          columns.values().stream().map(column -> column.getOrDefault(name, NO)).toList());
    }
    verdicts(page);
    differences(page);
    return page.toString();
  }

  private static void verdicts(StringBuilder page) {
    page.append("\n## Verdicts\n\nEvery provider judges these certificates alike.\n\n");
    row(page, "Certificate", List.of("asked for", "checked", "verdict"));
    row(page, "---", List.of("---", "---", "---"));
    for (TlsVerdict verdict : TlsVerdict.all()) {
      row(
          page,
          verdict.name(),
          List.of(
              verdict.ofClient() ? NO : verdict.asked(),
              verdict.verify().toString(),
              verdict.accepted() ? "accepted" : "refused"));
    }
  }

  private static void differences(StringBuilder page) {
    page.append("\n## Differences\n\nBut for these, which are asserted as well:\n\n");
    for (TlsDifference difference : TlsDifference.all()) {
      page.append("- `")
          .append(difference.provider())
          .append("` as a ")
          .append(difference.serving() ? "server" : "client")
          .append(", ")
          .append(difference.verdict())
          .append(": ")
          .append(difference.why())
          .append('\n');
    }
  }

  private static void row(StringBuilder page, String first, List<String> cells) {
    page.append("| ").append(first);
    cells.forEach(cell -> page.append(" | ").append(cell));
    page.append(" |\n");
  }
}
