// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class HouseRulesTest {
  private static final String HERE = "dev.pingora.conformance..";

  /// Every class of every module with a module-info that is not a test: by folder, since nobody
  /// depends on all of them.
  private static final JavaClasses OURS = new ClassFileImporter().importPaths(compiled());

  /// Where applications live: these may print and read properties.
  private static final String[] EDGES = {"dev.pingora.gateway..", "dev.pingora.examples.."};

  @Test
  void importsEveryModule() {
    assertThat(OURS.stream().map(type -> type.getPackageName()))
        .contains("dev.pingora.error", "dev.pingora.limits", "dev.pingora.core.server");
  }

  @Test
  void codecsOpenNoSockets() {
    obeyed(
        HouseRules.openNoSockets(
            "dev.pingora.http..", "dev.pingora.http1..", "dev.pingora.http2.."));
    bites(HouseRules.openNoSockets(HERE), Offences.WithSocket.class);
  }

  @Test
  void nobodyKeepsThreadLocals() {
    obeyed(HouseRules.keepNoThreadLocal());
    bites(HouseRules.keepNoThreadLocal(), Offences.WithLocal.class);
  }

  @Test
  void librariesPrintNothing() {
    obeyed(HouseRules.printNothing(EDGES));
    bites(HouseRules.printNothing(EDGES), Offences.WithPrint.class);
  }

  @Test
  void librariesReadNoSystemProperties() {
    obeyed(HouseRules.readNoSystemProperties(EDGES));
    bites(HouseRules.readNoSystemProperties(EDGES), Offences.WithProperty.class);
  }

  @Test
  void engineUsesNoMonitors() {
    obeyed(
        HouseRules.useNoMonitors(
            "dev.pingora.runtime..", "dev.pingora.core..", "dev.pingora.proxy.."));
    bites(HouseRules.useNoMonitors(HERE), Offences.WithMonitor.class);
    bites(HouseRules.useNoMonitors(HERE), Offences.WithSynchronizedMethod.class);
  }

  @Test
  void nobodyKeepsStaticState() {
    obeyed(HouseRules.keepNoStaticState());
    bites(HouseRules.keepNoStaticState(), Offences.class);
  }

  @Test
  void classesAreFinal() {
    obeyed(HouseRules.beFinal());
    bites(HouseRules.beFinal(), Offences.class);
  }

  @Test
  void publicApiExposesNoForeignTypes() {
    obeyed(HouseRules.exposeNoForeignTypes(exported()));
    bites(
        HouseRules.exposeNoForeignTypes(DescribedPredicate.alwaysTrue()),
        Offences.WithFuture.class);
  }

  /// Public types of packages that a user may import; modules that only serve other modules of ours
  /// are not among them.
  private static DescribedPredicate<JavaClass> exported() {
    Set<String> internal = Set.of("dev.pingora.runtime", "dev.pingora.http2", "dev.pingora.pool");
    return DescribedPredicate.describe(
        "exported to users",
        type ->
            type.getModifiers().contains(JavaModifier.PUBLIC)
                && !internal.contains(type.getPackageName()));
  }

  private static List<Path> compiled() {
    Path root = Path.of("").toAbsolutePath().getParent();
    try (Stream<Path> modules = Files.list(root)) {
      return modules
          .map(module -> module.resolve(Path.of("target", "classes")))
          .filter(classes -> Files.exists(classes.resolve("module-info.class")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void obeyed(ArchRule rule) {
    rule.allowEmptyShould(true).check(OURS);
  }

  private static void bites(ArchRule rule, Class<?> offence) {
    JavaClasses imported = new ClassFileImporter().importClasses(offence);
    assertThat(rule.evaluate(imported).hasViolation()).as(rule.getDescription()).isTrue();
  }
}
