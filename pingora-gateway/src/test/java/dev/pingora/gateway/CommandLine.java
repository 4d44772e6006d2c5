// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;

/// Runs [Main] in this JVM, for command lines that end at once.
final class CommandLine {
  private CommandLine() {}

  /// What the command said and how it ended.
  record Said(int exit, String out, String err) {}

  static Said run(String... args) {
    return runIn(Map.of(), args);
  }

  static Said runIn(Map<String, String> environment, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exit =
        new Main(environment, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
            .run(args);
    return new Said(exit, out.toString(UTF_8), err.toString(UTF_8));
  }
}
