// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Malformed handshakes, made by tlslite-ng, against a gateway of each provider in a process of its
/// own: the right alert, no hang, and the next client is served.
///
/// The cases are in `src/test/python`, where `malformed.py port [part of a name]` runs them by
/// hand. What each answered is left in `target/malformed-<provider>.txt`.
final class MalformedHandshakesTest {
  private static final Path CASES = PythonEnvironment.PROGRAMS;
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Pattern LISTENS = Pattern.compile("listens on 127\\.0\\.0\\.1:([0-9]+)");

  /// Signs of a fault in the gateway's log.
  private static final Pattern FAULT = Pattern.compile("(?m)^\tat | ERROR |^#|Exception in ");

  @TempDir private Path folder;

  static List<Arguments> providers() {
    List<Arguments> all = new ArrayList<>();
    for (TlsProvider provider : TlsProviders.installed().all()) {
      if (provider.availability() instanceof Availability.Available here) {
        all.add(Arguments.of(Named.of(provider.id(), provider), here));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("providers")
  void areAnsweredAsTheRfcSays(TlsProvider provider, Availability.Available here) throws Exception {
    HandshakeDifferences differences =
        HandshakeDifferences.parse(Files.readAllLines(CASES.resolve("differences.txt")));
    String column = ProviderTable.column(provider.id(), here);
    Path python = PythonEnvironment.python("tlslite", "requirements-tlslite.txt");
    String answers;
    try (Tool.Running gateway = gateway(provider.id())) {
      String port = port(gateway);
      List<String> arguments = new ArrayList<>(List.of("-B", CASES.resolve("malformed.py") + ""));
      arguments.add(port);
      answers =
          Tool.run(Duration.ofMinutes(3), "", python.toString(), arguments.toArray(new String[0]))
              .orFail()
              .out();
      Files.createDirectories(TARGET);
      Files.writeString(TARGET.resolve("malformed-" + provider.id() + ".txt"), answers);
      assertThat(gateway.isAlive()).as(gateway.output()).isTrue();
      assertThat(gateway.output()).doesNotContainPattern(FAULT);
    }
    Set<String> names = new HashSet<>();
    List<String> wrong = new ArrayList<>();
    for (String line : answers.lines().toList()) {
      String[] cells = line.split("\t", -1);
      assertThat(names.add(cells[0])).as("%s is there once", cells[0]).isTrue();
      String complaint =
          differences.complaint(column, cells[0], Set.of(cells[1].split(" ")), cells[2]);
      if (!complaint.isEmpty()) {
        wrong.add("%s = %s (%s; expected: %s)".formatted(cells[0], cells[2], complaint, cells[1]));
      }
    }
    assertThat(names).hasSizeGreaterThan(150);
    assertThat(names).containsAll(differences.cases(column));
    assertThat(wrong).as("section [%s] of differences.txt", column).isEmpty();
  }

  @Test
  void aDifferenceThatIsGoneIsNoticed() {
    HandshakeDifferences differences =
        HandshakeDifferences.parse(List.of("# why", "[a: A 1]", "some case = x or y"));

    assertThat(differences.complaint("a: A 1", "some case", Set.of("z"), "y")).isEmpty();
    assertThat(differences.complaint("a: A 1", "some case", Set.of("z"), "z")).isNotEmpty();
    assertThat(differences.complaint("a: A 1", "some case", Set.of("z"), "w")).isNotEmpty();
    assertThat(differences.complaint("a: A 1", "another", Set.of("z"), "y")).isNotEmpty();
    assertThat(differences.complaint("a: A 2", "some case", Set.of("z"), "z")).isEmpty();
    assertThat(differences.complaint("a: A 2", "some case", Set.of("z"), "y")).isEmpty();
    assertThat(differences.complaint("b: B 1", "some case", Set.of("z"), "y")).isNotEmpty();
  }

  @Test
  void aRefusalWithoutAReasonIsNotTakenForService() {
    HandshakeDifferences differences =
        HandshakeDifferences.parse(List.of("[a: A 1]", "every refusal = closed", "odd = served"));

    assertThat(differences.complaint("a: A 1", "bad", Set.of("decode_error"), "closed")).isEmpty();
    assertThat(differences.complaint("a: A 1", "bad", Set.of("decode_error"), "x")).isNotEmpty();
    assertThat(differences.complaint("a: A 1", "good", Set.of("served"), "closed")).isNotEmpty();
    assertThat(differences.complaint("a: A 1", "odd", Set.of("x"), "closed")).isNotEmpty();
    assertThat(differences.cases("a: A 1")).containsExactly("odd");
  }

  private Tool.Running gateway(String provider) throws IOException {
    CertKey key = TestCertificates.server();
    Path chain = Files.writeString(folder.resolve("c.pem"), TestCertificates.chainPem(key));
    Path secret = Files.writeString(folder.resolve("k.pem"), TestCertificates.keyPem(key));
    Path conf =
        Files.writeString(
            folder.resolve("gateway.yaml"),
            """
            threads: 1
            listeners:
              - address: 127.0.0.1:0
                tls:
                  provider: %s
                  certificates: [{ cert: "%s", key: "%s" }]
                  handshake_timeout: 60s
            routes:
              - respond: { status: 200, body: "the page" }
            """
                .formatted(provider, chain, secret));
    return Tool.start(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        "--enable-native-access=ALL-UNNAMED",
        "--add-opens",
        "java.base/java.lang=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.pingora.gateway.Main",
        "-c",
        conf.toString());
  }

  private static String port(Tool.Running gateway) {
    Eventually.holds(
        Duration.ofSeconds(30),
        () -> "it listens: " + gateway.output(),
        () -> LISTENS.matcher(gateway.output()).find());
    Matcher matcher = LISTENS.matcher(gateway.output());
    if (!matcher.find()) {
      throw new AssertionError(gateway.output());
    }
    return matcher.group(1);
  }
}
