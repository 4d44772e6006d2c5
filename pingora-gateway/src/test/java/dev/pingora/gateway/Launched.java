// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.Tool;
import dev.pingora.testkit.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `./pingora` as a child process.
final class Launched implements AutoCloseable {
  /// From `exec` to listening, on a machine that is busy with other tests.
  private static final Duration START = Duration.ofSeconds(60);

  private static final Pattern LISTENS = Pattern.compile("listens on 127\\.0\\.0\\.1:([0-9]+)");

  private final Process process;
  private final Path output;

  private Launched(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /// {@return the command, which is in the root of the repository}
  static Path command() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("pingora-bom"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new AssertionError("no repository above " + Path.of("").toAbsolutePath());
      }
    }
    return folder.resolve("pingora");
  }

  /// Builds what [#start] starts, if the sources are newer than the last build.
  static void build() {
    Tool.run(Duration.ofMinutes(15), "", command().toString(), "--version").orFail();
  }

  /// Runs the command to its end.
  static Tool.Result run(String... arguments) {
    return Tool.run(command().toString(), arguments);
  }

  /// {@return a process with this configuration that has not yet begun to listen}
  static Launched start(Path folder, String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("gateway.yaml"), yaml);
    Path output = folder.resolve("output");
    List<String> line = new ArrayList<>(List.of(command().toString(), "-c", file.toString()));
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    return new Launched(process, output);
  }

  /// {@return the port it listens on, once it does}
  int port() {
    Eventually.holds(
        START, () -> "it listens: " + output(), () -> LISTENS.matcher(output()).find());
    Matcher matcher = LISTENS.matcher(output());
    if (!matcher.find()) {
      throw new AssertionError(output());
    }
    return Integer.parseInt(matcher.group(1));
  }

  Wire connect() {
    return ScriptedClient.tcp(port());
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @param name without SIG
  void signal(String name) {
    Tool.run("kill", "-" + name, Long.toString(process.pid())).orFail();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// {@return the exit status}
  ///
  /// @throws AssertionError when it has not ended in time
  int awaitExit(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("not ended within " + patience + ": " + output());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
