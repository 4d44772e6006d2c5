// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SignalsTest {
  /// A machine started as the launcher does it, or without blocking anything.
  private static Process start(boolean blocked, String limit) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c"));
    List<String> java = new ArrayList<>();
    if (blocked) {
      java.addAll(List.of("env", "--block-signal=QUIT,TERM,INT,HUP,USR1"));
    }
    java.add(ProcessHandle.current().info().command().orElse("java"));
    java.addAll(List.of("-Xrs", "-Xshare:auto", "-XX:TieredStopAtLevel=1"));
    java.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    java.add(root(Signals.class) + ":" + root(SignalsProbe.class));
    java.add(SignalsProbe.class.getName());
    command.add("ulimit -n " + limit + " && exec " + String.join(" ", java));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /// {@return the directory that a class was loaded from}
  private static Path root(Class<?> type) throws URISyntaxException {
    URL file = type.getResource(type.getSimpleName() + ".class");
    if (file == null) {
      throw new IllegalStateException("no file of " + type);
    }
    URI uri = file.toURI();
    return Path.of(uri).resolve("../../../..").normalize();
  }

  private static void send(Process process, String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start();
    assertThat(kill.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  private static void expect(BufferedReader output, String line) throws IOException {
    assertThat(output.readLine()).isEqualTo(line);
  }

  @Test
  void hearsEverySignalThatWasBlocked() throws Exception {
    Process process = start(true, "777");
    try (BufferedReader output = process.inputReader()) {
      expect(output, "hears [INT, QUIT, TERM, HUP, USR1]");
      expect(output, "limit 777");
      for (String signal : List.of("QUIT", "USR1", "HUP", "INT", "QUIT", "HUP", "TERM")) {
        send(process, signal);
        expect(output, "heard " + signal);
      }
      expect(output, "closed");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void saysThatItHearsNothingWhenNothingWasBlocked() throws Exception {
    Process process = start(false, "888");
    try (BufferedReader output = process.inputReader()) {
      expect(output, "hears []");
      expect(output, "limit 888");
      send(process, "TERM");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(output.readLine()).isNull();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aMachineThatBlocksNothingHasNoListener() {
    try (Signals signals = Signals.listen(_ -> {})) {
      assertThat(signals.heard()).isEqualTo(Signals.available());
    }
    assertThat(Signals.available()).isSubsetOf(Set.of(Signal.values()));
  }

  @Test
  void knowsTheDescriptorLimit() {
    DescriptorLimit limit = DescriptorLimit.current();
    assertThat(limit.soft()).isBetween(256L, limit.hard());
  }

  @Test
  void signalsHaveTheNumbersOfTheSystem() {
    for (Signal signal : Signal.values()) {
      assertThat(Signal.of(signal.number())).isSameAs(signal);
    }
    assertThat(Signal.of(9)).isNull();
  }
}
