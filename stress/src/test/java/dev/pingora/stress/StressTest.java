// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Runs all jcstress tests of this module, in processes of their own. A new test is a class in
/// `src/main`, in the package of what it tests; nothing is to be registered.
final class StressTest {
  private static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  /// One kind of compilation and a fraction of a second for each test: for every build. Enough to
  /// see a forbidden result that is not very rare: without the fences of a class, most of these
  /// tests fail within it. (Touching the whole heap before each test would take as long again.)
  @Test
  void nothingForbiddenHappensAtOnce() {
    run(
        Duration.ofMinutes(5),
        "-m quick -sc false -f 1 -fsm 1 -iters 1 -time 200",
        "-jvmArgs",
        "-Xmx256m -XX:-AlwaysPreTouch");
  }

  /// All mixtures of interpreted and compiled actors, with the compiler's own stress options.
  @Test
  @Tag("long")
  void nothingForbiddenHappensHoweverCompiled() {
    run(Duration.ofMinutes(60), "-m quick"); // 30 on two idle cores
  }

  private static void run(Duration patience, String options, String... more) {
    List<String> arguments = new ArrayList<>();
    Collections.addAll(arguments, "-cp", CLASS_PATH, "org.openjdk.jcstress.Main", "-r", "jcstress");
    Collections.addAll(arguments, options.split(" ", -1));
    Collections.addAll(arguments, more);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Tool.Result result = Tool.run(patience, "", java, arguments.toArray(new String[0]));
    // The exit status tells of failures, but not of a run that found no test.
    assertThat(result.exit()).as(result.out()).isZero();
    assertThat(result.out()).contains("Failed tests: No matches", "Error tests: No matches");
    assertThat(result.out()).doesNotContain("All remaining tests: No matches");
  }
}
