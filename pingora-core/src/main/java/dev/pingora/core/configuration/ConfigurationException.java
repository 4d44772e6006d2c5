// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.io.IOException;
import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/// A configuration cannot be used. Carries every problem found, not just the first.
///
/// The message is one line per problem, ready for stderr.
public final class ConfigurationException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /// Creates the exception of `problems`, of which there is at least one.
  public ConfigurationException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /// {@return what is wrong, in the order of the file}
  public List<Problem> problems() {
    return problems;
  }
}
