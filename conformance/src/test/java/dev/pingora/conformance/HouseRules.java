// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/// The absences that ARCHITECTURE.md promises and the module system cannot say.
///
/// Each is a function, so that [HouseRulesTest] can try it on code that breaks it: a rule that
/// cannot fail is no rule.
final class HouseRules {
  private static final String WHY_NO_LOCAL =
      "threads are many and short: state belongs to a connection, or is a ScopedValue";

  private static final Set<String> READS =
      Set.of(
          "System.getProperty",
          "System.getProperties",
          "Boolean.getBoolean",
          "Integer.getInteger",
          "Long.getLong");

  private HouseRules() {}

  /// Codecs turn bytes into messages and back; where the bytes come from is not their business.
  static ArchRule openNoSockets(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.nio.channels..",
                    "io.netty.channel.socket..",
                    "io.netty.channel.unix..",
                    "io.netty.channel.epoll..",
                    "io.netty.channel.kqueue..",
                    "io.netty.channel.uring..",
                    "io.netty.channel.nio..")
                .or(assignableTo(java.net.Socket.class))
                .or(assignableTo(java.net.ServerSocket.class))
                .or(assignableTo(java.net.DatagramSocket.class)));
  }

  static ArchRule keepNoThreadLocal() {
    return noClasses()
        .should()
        .dependOnClassesThat(
            assignableTo(ThreadLocal.class)
                .or(describe("FastThreadLocal", HouseRules::isNettyThreadLocal)))
        .because(WHY_NO_LOCAL);
  }

  /// By name: not every module under test has Netty on its path.
  private static boolean isNettyThreadLocal(JavaClass type) {
    return type.getFullName().equals("io.netty.util.concurrent.FastThreadLocal");
  }

  /// Libraries speak by [System.Logger], or not at all.
  static ArchRule printNothing(String... exceptPackages) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(exceptPackages)
        .and(areNoPrograms())
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace");
  }

  /// What a program says goes to its user.
  private static DescribedPredicate<JavaClass> areNoPrograms() {
    return describe("have no main", type -> type.tryGetMethod("main", String[].class).isEmpty());
  }

  /// A virtual thread must never be pinned, nor wait for a monitor that a carrier may hold.
  static ArchRule useNoMonitors(String... packages) {
    return classes().that().resideInAnyPackage(packages).should(new UseNoMonitors());
  }

  /// Configuration is a value passed in.
  static ArchRule readNoSystemProperties(String... exceptPackages) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(exceptPackages)
        .should()
        .callMethodWhere(
            describe(
                "a system property is read",
                call ->
                    READS.contains(call.getTargetOwner().getSimpleName() + "." + call.getName())));
  }

  static ArchRule keepNoStaticState() {
    return fields()
        .that()
        .areStatic()
        .and(
            describe(
                "written by hand", field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)))
        .should()
        .beFinal()
        .because("two servers live in one process");
  }

  /// Inheritance is for sealed families and for exceptions.
  static ArchRule beFinal() {
    return classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotAnonymousClasses()
        .and()
        .areNotEnums()
        .and()
        .areNotAssignableTo(Throwable.class)
        .and()
        .doNotHaveModifier(JavaModifier.ABSTRACT)
        .should()
        .haveModifier(JavaModifier.FINAL);
  }

  /// The public API speaks of values and blocking calls: no futures, no Netty.
  static ArchRule exposeNoForeignTypes(DescribedPredicate<JavaClass> exported) {
    DescribedPredicate<JavaClass> foreign =
        resideInAnyPackage("io.netty..", "org.snakeyaml..")
            .or(assignableTo(Future.class))
            .or(assignableTo(CompletionStage.class))
            .as("Netty, YAML or future");
    return methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat(exported)
        .should(
            have(
                describe(
                    "no parameter or result of a foreign type",
                    (JavaMethod method) ->
                        !foreign.test(method.getRawReturnType())
                            && method.getRawParameterTypes().stream().noneMatch(foreign))));
  }
}
