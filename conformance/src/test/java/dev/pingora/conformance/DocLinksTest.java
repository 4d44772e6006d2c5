// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every `[link]` of a comment leads somewhere.
///
/// The build runs doclint too, but inside Maven javac finds no reader of Markdown comments (it
/// looks for one by the thread's class loader), so there only `{@link}` is checked. Here all
/// modules are compiled once more, comments included.
final class DocLinksTest {
  private static final Pattern MODULE =
      Pattern.compile("^(?:open )?module ([\\w.]+) \\{", Pattern.MULTILINE);

  @Test
  void linksOfAllModulesResolve(@TempDir Path output) throws IOException {
    List<String> arguments = options(output);
    List<String> names = new ArrayList<>();
    for (Path source : moduleSources()) {
      String name = moduleName(source);
      names.add(name);
      arguments.addAll(List.of("--module-source-path", name + "=" + source));
    }
    assertThat(names).contains("dev.pingora.error", "dev.pingora.gateway");
    arguments.addAll(List.of("--module", String.join(",", names)));
    assertThat(problems(arguments, List.of())).isEmpty();
  }

  @Test
  void deadLinkIsFound(@TempDir Path output) throws IOException {
    Path file = Files.writeString(output.resolve("A.java"), "/// See [Nowhere].\nclass A {}\n");
    assertThat(problems(options(output), List.of(file)))
        .singleElement()
        .asString()
        .contains("reference not found");
  }

  private static List<String> options(Path output) {
    return new ArrayList<>(
        List.of(
            "-d",
            output.toString(),
            "-proc:none",
            "-Xdoclint:all,-missing",
            "--module-path",
            System.getProperty("java.class.path")));
  }

  private static List<Path> moduleSources() throws IOException {
    Path root = Path.of("").toAbsolutePath().getParent();
    try (Stream<Path> modules = Files.list(root)) {
      return modules
          .map(module -> module.resolve(Path.of("src", "main", "java")))
          .filter(source -> Files.exists(source.resolve("module-info.java")))
          .sorted()
          .toList();
    }
  }

  private static String moduleName(Path source) throws IOException {
    Matcher matcher = MODULE.matcher(Files.readString(source.resolve("module-info.java")));
    assertThat(matcher.find()).as(source + File.separator + "module-info.java").isTrue();
    return matcher.group(1);
  }

  private static List<String> problems(List<String> options, List<Path> files) throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    var diagnostics = new DiagnosticCollector<JavaFileObject>();
    try (StandardJavaFileManager manager =
        javac.getStandardFileManager(diagnostics, Locale.ROOT, null)) {
      var units = manager.getJavaFileObjectsFromPaths(files);
      javac
          .getTask(null, manager, diagnostics, options, null, files.isEmpty() ? null : units)
          .call();
    }
    return diagnostics.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() != Diagnostic.Kind.NOTE)
        .map(Object::toString)
        .toList();
  }
}
