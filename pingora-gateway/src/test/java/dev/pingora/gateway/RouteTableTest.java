// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.testkit.Allocation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The table against a matcher that tries every route, on tables and requests made at random.
class RouteTableTest {
  private static final List<String> LABELS = List.of("a", "b", "aa", "example", "x");
  private static final List<String> SEGMENTS = List.of("a", "b", "ab", "api", "v1", "");
  private static final List<String> METHODS = List.of("GET", "POST", "PUT");

  /// The order that [RouteTable] promises, written down directly.
  private static <T> @Nullable T naive(
      List<RouteTable.Rule<T>> rules, String host, String path, String method, Fields headers) {
    String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    Comparator<RouteTable.Rule<T>> order =
        Comparator.comparing((RouteTable.Rule<T> r) -> r.match().host().kind())
            .thenComparingInt(r -> -r.match().host().name().length())
            .thenComparing(r -> !r.match().path().exact())
            .thenComparingInt(r -> -r.match().path().path().length())
            .thenComparingInt(r -> -r.match().headers().size())
            .thenComparing(r -> r.match().methods().isEmpty());
    return rules.stream()
        .filter(r -> r.match().host().matches(bare))
        .filter(r -> r.match().path().matches(path))
        .filter(r -> r.match().methods().isEmpty() || r.match().methods().contains(method))
        .filter(r -> r.match().headers().stream().allMatch(h -> h.matches(headers)))
        .sorted(order) // stable: the file's order decides between equals
        .map(RouteTable.Rule::target)
        .findFirst()
        .orElse(null);
  }

  private static String pick(List<String> of, SplittableRandom random) {
    return of.get(random.nextInt(of.size()));
  }

  private static String host(SplittableRandom random) {
    return String.join(
        ".", Stream.generate(() -> pick(LABELS, random)).limit(random.nextInt(1, 4)).toList());
  }

  private static String path(SplittableRandom random) {
    List<String> segments = new ArrayList<>();
    for (int i = random.nextInt(0, 4); i > 0; i--) {
      String segment = pick(SEGMENTS, random);
      if (!segment.isEmpty()) {
        segments.add(segment);
      }
    }
    return "/"
        + String.join("/", segments)
        + (random.nextInt(4) == 0 && !segments.isEmpty() ? "/" : "");
  }

  private static RouteMatch match(SplittableRandom random) {
    RouteMatch.Builder match = RouteMatch.builder();
    match.host =
        switch (random.nextInt(4)) {
          case 0 -> HostPattern.any();
          case 1 -> HostPattern.parse("*." + host(random));
          default -> HostPattern.parse(host(random));
        };
    match.path = PathPattern.parse((random.nextInt(4) == 0 ? "= " : "") + path(random));
    if (random.nextInt(3) == 0) {
      match.methods = List.of(pick(METHODS, random));
    }
    if (random.nextInt(3) == 0) {
      String value = random.nextBoolean() ? "*" : "1";
      match.headers = List.of(new HeaderMatch(FieldName.of("X-A"), value));
    }
    return match.build();
  }

  private static Fields headers(SplittableRandom random) {
    Fields fields = Fields.empty();
    for (int i = random.nextInt(3); i > 0; i--) {
      fields.add("X-A", Integer.toString(random.nextInt(1, 3)));
    }
    return fields;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void findsWhatTryingEveryRouteFinds(long seed) {
    var random = new SplittableRandom(seed);
    int found = 0;
    for (int round = 0; round < 300; round++) {
      List<RouteTable.Rule<Integer>> rules = new ArrayList<>();
      for (int i = random.nextInt(1, 30); i > 0; i--) {
        rules.add(new RouteTable.Rule<>(match(random), rules.size()));
      }
      RouteTable<Integer> table = RouteTable.of(rules);
      for (int i = 0; i < 50; i++) {
        String host = host(random) + (random.nextInt(10) == 0 ? "." : "");
        String path = path(random);
        String method = pick(METHODS, random);
        Fields headers = headers(random);
        Integer expected = naive(rules, host, path, method, headers);
        assertThat(table.find(host, path, method, headers))
            .as("%s %s %s %s in %s", method, host, path, headers, rules)
            .isEqualTo(expected);
        found += expected == null ? 0 : 1;
      }
    }
    assertThat(found).isGreaterThan(5_000); // of 15,000: the comparison compares something
  }

  @Test
  void lookupAllocatesNothing() {
    var random = new SplittableRandom(9);
    List<RouteTable.Rule<Integer>> rules = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rules.add(new RouteTable.Rule<>(match(random), i));
    }
    RouteTable<Integer> table = RouteTable.of(rules);
    Fields headers = Fields.empty();
    headers.add("X-A", "1");
    long bytes =
        Allocation.of(() -> {
          for (int i = 0; i < 10_000; i++) {
            var _ = table.find("a.b.example", "/api/v1/a", "GET", headers);
          }
        });
    assertThat(bytes / 10_000).isZero();
  }
}
