// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Python with packages from PyPI, in `target`: installed once, offline after that.
final class PythonEnvironment {
  /// Where the programs are.
  static final Path PROGRAMS = Path.of("src", "test", "python").toAbsolutePath();

  private PythonEnvironment() {}

  /// {@return the interpreter of an environment}
  ///
  /// @param name of its folder
  /// @param requirements file of [#PROGRAMS] that lists its packages
  static Path python(String name, String requirements) throws IOException {
    Path environment = Path.of("target").toAbsolutePath().resolve(name);
    Path python = environment.resolve("bin").resolve("python");
    Path wanted = PROGRAMS.resolve(requirements);
    Path installed = environment.resolve(requirements);
    if (!Files.exists(installed) || Files.mismatch(wanted, installed) >= 0) {
      Tool.run("python3", "-m", "venv", "--clear", environment.toString()).orFail();
      Tool.Result pip =
          Tool.run(
              Duration.ofMinutes(2),
              "",
              python.toString(),
              "-m",
              "pip",
              "install",
              "-q",
              "--disable-pip-version-check",
              "-r",
              wanted.toString());
      assertThat(pip.exit())
          .as("packages cannot be installed from PyPI: %s", pip.err().lines().toList())
          .isZero();
      Files.copy(wanted, installed);
    }
    return python;
  }
}
