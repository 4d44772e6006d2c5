// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `-t` on files that are wrong in every way we could think of: each problem in its own line, with
/// `file:line`, the key, what is wrong and the expected form. The texts are beside the files.
class BrokenFilesTest {
  static Stream<String> brokenFiles() throws IOException, URISyntaxException {
    List<String> names;
    try (Stream<Path> files = Files.list(resource("broken"))) {
      names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".yaml"))
              .sorted()
              .toList();
    }
    assertThat(names).hasSizeGreaterThanOrEqualTo(10);
    return names.stream();
  }

  @ParameterizedTest
  @MethodSource("brokenFiles")
  void namesEachProblemWithItsPlaceAndTheExpectedForm(String name) throws Exception {
    Path file = resource("broken").resolve(name);
    String expected = Files.readString(file.resolveSibling(name.replace(".yaml", ".txt")));
    CommandLine.Said said = CommandLine.run("-t", "-c", file.toString());
    String told = said.err().replace(file.getParent() + "/", "");
    assertThat(told.replace(Path.of("").toAbsolutePath() + "/", "HERE/")).isEqualTo(expected);
    assertThat(said.out()).isEmpty();
    assertThat(said.exit()).isEqualTo(1);
  }

  static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(BrokenFilesTest.class.getClassLoader().getResource(name), name)
            .toURI());
  }
}
